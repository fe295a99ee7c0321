using System.CommandLine;
using Ingest.Domain.Identity;
using Ingest.Persistence.Members;

namespace Ingest.Api.Operator;

/// <summary><c>member …</c></summary>
internal sealed class MemberVerbs(VerbRunner verbs)
{
    public Command Build() => new("member", "Members: the people of a workspace.") { List(), Add(), Set(), Remove() };

    /// <summary>What somebody is.</summary>
    /// <param name="whenLeftOut">What they are otherwise.</param>
    public static Option<UserRole?> Role(string whenLeftOut)
    {
        var role = new Option<UserRole?>("--role")
        {
            HelpName = string.Join('|', UserRoles.Names),
            Description = $"member: sees their own devices. viewer: sees all. manager: changes all. owner: makes owners, too. Left out: {whenLeftOut}.",
        };
        role.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, [.. UserRoles.Names]);
        return role;
    }

    private Command List()
    {
        var only = new Option<string?>("--workspace") { Description = "Only the people of this workspace." };
        var list = new Command("list", "Show people, oldest first, with how many keys and devices they have.") { only };
        verbs.Set(
            list,
            async (parse, session, cancellation) => new MemberList(await session.Database.Members.ListAsync(parse.GetValue(only), cancellation)),
            VerbRunner.Json.MemberList,
            PeopleTexts.Of);
        return list;
    }

    private Command Add()
    {
        var (workspace, role) = (Workspace(), Role("member"));
        var name = new Option<string>("--name") { Description = "What people call them.", Required = true };
        var add = new Command("add", "Add a person, who has no key yet.") { workspace, name, role };
        verbs.Set(
            add,
            (parse, session, cancellation) => session.Database.Members.AddAsync(
                Actor.Operator, parse.GetValue(workspace)!, parse.GetValue(name)!, parse.GetValue(role) ?? UserRole.Member, cancellation),
            VerbRunner.Json.ListedMember,
            PeopleTexts.OfAdded);
        return add;
    }

    private Command Set()
    {
        var (who, workspace, role) = (Who(), Workspace(), Role("as it is"));
        var name = new Option<string?>("--name") { Description = "What people call them from now on." };
        var set = new Command("set", "Change a person's name or role; what their keys can do follows within a second.") { who, workspace, name, role };
        set.Validators.Add(parse =>
        {
            if (parse.GetValue(name) is null && parse.GetValue(role) is null) parse.AddError("Say what to change: --name, --role.");
        });
        verbs.Set(
            set,
            async (parse, session, cancellation) =>
            {
                var member = await session.Database.Members.MeantByAsync(parse.GetValue(workspace)!, parse.GetValue(who)!, cancellation);
                var change = new MemberChange(parse.GetValue(name), parse.GetValue(role));
                return await session.Database.Members.ChangeAsync(Actor.Operator, member.WorkspaceId, member.UserId, change, null, cancellation);
            },
            VerbRunner.Json.ListedMember,
            PeopleTexts.OfChanged);
        return set;
    }

    private Command Remove()
    {
        var (who, workspace) = (Who(), Workspace());
        var remove = new Command("remove", "Remove a person: their keys end at once; their devices, and what those sent, stay.") { who, workspace };
        verbs.Set(
            remove,
            async (parse, session, cancellation) =>
            {
                var member = await session.Database.Members.MeantByAsync(parse.GetValue(workspace)!, parse.GetValue(who)!, cancellation);
                return await session.Database.Members.RemoveAsync(Actor.Operator, member.WorkspaceId, member.UserId, null, cancellation);
            },
            VerbRunner.Json.RemovedMember,
            PeopleTexts.Of);
        return remove;
    }

    private static Argument<string> Who() => new("NAME") { Description = "Who: their name, or their user id." };

    private static Option<string> Workspace() => new("--workspace") { Description = "The id of the workspace.", Required = true };
}
