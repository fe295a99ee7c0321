using System.CommandLine;
using Ingest.Api.Keys;
using Ingest.Domain.Identity;
using Ingest.Persistence.Keys;

namespace Ingest.Api.Operator;

/// <summary><c>key …</c></summary>
internal sealed class KeyVerbs(VerbRunner verbs)
{
    public Command Build() => new("key", "Keys: how devices and people get in.") { Create(), Set(), Revoke(), List() };

    private Command Create()
    {
        var workspace = new Option<string>("--workspace") { Description = "The id of the workspace.", Required = true };
        var role = new Option<UserRole?>("--role")
        {
            HelpName = string.Join('|', UserRoles.Names),
            Description = "What the person is: member sees their own devices, viewer and manager all, owner makes owners. Left out: as the person is, or member.",
        };
        role.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, [.. UserRoles.Names]);
        var person = new Option<string?>("--person") { Description = $"Whose key it is. Left out: {KeyOwner.DefaultName}." };
        var completeBy = CompleteBy();
        var create = new Command("create", "Make a key and show it, once.") { workspace, role, person, completeBy };
        verbs.Set(
            create,
            async (parse, session, cancellation) => new IssuedKey(
                await session.Database.Keys.CreateAsync(
                    Actor.Operator,
                    new NewKey(parse.GetValue(workspace)!, new KeyOwner.Person(parse.GetValue(person) ?? KeyOwner.DefaultName, parse.GetValue(role)))
                    {
                        CompleteBy = parse.GetValue(completeBy),
                    },
                    cancellation),
                session.Settings.PublicUrl),
            VerbRunner.Json.IssuedKey,
            OperatorTexts.Of);
        return create;
    }

    private Command Set()
    {
        var prefix = Prefix();
        var completeBy = CompleteBy();
        completeBy.Required = true;
        var set = new Command("set", "Change what a key's envelopes mean, everywhere within a second.") { prefix, completeBy };
        verbs.Set(
            set,
            async (parse, session, cancellation) =>
            {
                var key = await session.Database.Keys.MeantByAsync(parse.GetValue(prefix)!, cancellation);
                return new ChangedKey(await session.Database.Keys.ChangeAsync(Actor.Operator, key.WorkspaceId, key.KeyId, new KeyEdit { CompleteBy = parse.GetValue(completeBy) }, null, cancellation));
            },
            VerbRunner.Json.ChangedKey,
            OperatorTexts.Of);
        return set;
    }

    private Command Revoke()
    {
        var prefix = Prefix();
        var revoke = new Command("revoke", "Make a key worthless, everywhere within a second.") { prefix };
        verbs.Set(
            revoke,
            async (parse, session, cancellation) =>
            {
                var key = await session.Database.Keys.MeantByAsync(parse.GetValue(prefix)!, cancellation);
                return new RevokedKey(await session.Database.Keys.RevokeAsync(Actor.Operator, key.WorkspaceId, key.KeyId, cancellation));
            },
            VerbRunner.Json.RevokedKey,
            OperatorTexts.Of);
        return revoke;
    }

    private Command List()
    {
        var workspace = new Option<string?>("--workspace") { Description = "Only the keys of this workspace." };
        var list = new Command("list", "Show all keys, oldest first, revoked ones too.") { workspace };
        verbs.Set(
            list,
            async (parse, session, cancellation) => new KeyList(
                [.. (await session.Database.Keys.ListAsync(parse.GetValue(workspace), cancellation)).Select(key => new KeyAnswer(key))]),
            VerbRunner.Json.KeyList,
            OperatorTexts.Of);
        return list;
    }

    private static Argument<string> Prefix() => new("PREFIX") { Description = "The beginning of the key as `key list` shows it, or its key id." };

    private static Option<Completeness> CompleteBy()
    {
        var option = new Option<Completeness>("--complete-by")
        {
            HelpName = string.Join('|', CompletenessNames.All),
            Description = "day: envelopes hold all rows of each day they name. row: they hold single rows. auto: as the client says of itself, and stock daemons by day.",
        };
        option.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, [.. CompletenessNames.All]);
        return option;
    }
}
