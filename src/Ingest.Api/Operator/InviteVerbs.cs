using System.CommandLine;
using Ingest.Domain.Identity;
using Ingest.Persistence.Invites;

namespace Ingest.Api.Operator;

/// <summary><c>invite …</c></summary>
internal sealed class InviteVerbs(VerbRunner verbs)
{
    /// <summary>Lines of a list: those before are in the API.</summary>
    private const int MostListed = 1000;

    public Command Build() => new("invite", "Invites: how people become members by themselves.") { Create(), List(), Revoke() };

    private Command Create()
    {
        var workspace = new Option<string>("--workspace") { Description = "The id of the workspace.", Required = true };
        var role = new Option<UserRole>("--role")
        {
            HelpName = string.Join('|', UserRoles.Names), Description = "What whoever accepts becomes.", DefaultValueFactory = _ => UserRole.Member,
        };
        role.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, [.. UserRoles.Names]);
        var note = new Option<string?>("--note") { Description = "What it is for." };
        var days = Number("--days", "How long it is good.", InviteStore.DefaultDays, InviteStore.MostDays);
        var uses = Number("--uses", "How many people may accept it.", 1, InviteStore.MostPeople);
        var create = new Command("create", "Make an invite and show its token, once.") { workspace, role, note, days, uses };
        verbs.Set(
            create,
            async (parse, session, cancellation) =>
            {
                var wish = new InviteWish(parse.GetValue(role), parse.GetValue(note), parse.GetValue(days), parse.GetValue(uses));
                var created = await session.Database.Invites.CreateAsync(parse.GetValue(workspace)!, Actor.Operator, wish, cancellation);
                return new NewInvite(created.Token, created.Invite, session.Settings.PublicUrl);
            },
            VerbRunner.Json.NewInvite,
            EnrolmentTexts.Of);
        return create;
    }

    private Command List()
    {
        var only = new Option<string?>("--workspace") { Description = "Only invites to this workspace." };
        var list = new Command("list", "Show invites, the newest first, and how often each was accepted.") { only };
        verbs.Set(
            list,
            async (parse, session, cancellation) =>
                new InviteList((await session.Database.Invites.ListAsync(parse.GetValue(only), null, null, MostListed, cancellation)).Invites),
            VerbRunner.Json.InviteList,
            EnrolmentTexts.Of);
        return list;
    }

    private Command Revoke()
    {
        var id = new Argument<Guid>("ID") { Description = "The invite, as `invite list` shows it." };
        var revoke = new Command("revoke", "Take an invite back; who accepted it stays.") { id };
        verbs.Set(
            revoke,
            (parse, session, cancellation) => session.Database.Invites.RevokeAsync(null, Actor.Operator, parse.GetValue(id), cancellation),
            VerbRunner.Json.ListedInvite,
            EnrolmentTexts.OfRevoked);
        return revoke;
    }

    private static Option<int> Number(string name, string description, int usual, int most)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => usual };
        option.Validators.Add(parse =>
        {
            if (parse.GetValue(option) < 1 || parse.GetValue(option) > most) parse.AddError($"{name} is a number from 1 to {most}.");
        });
        return option;
    }
}
