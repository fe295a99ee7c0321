using System.CommandLine;
using System.CommandLine.Parsing;
using Ingest.Api.Keys;
using Ingest.Domain.Identity;
using Ingest.Persistence.Keys;

namespace Ingest.Api.Operator;

/// <summary><c>key …</c></summary>
internal sealed class KeyVerbs(VerbRunner verbs)
{
    private const int DigestLength = 2 * ApiKeyText.HashLength;

    public Command Build() => new("key", "Keys: how devices and people get in.") { Create(), Import(), Set(), Rotate(), Revoke(), List() };

    private Command Create()
    {
        var of = new KeyOptions($"{KeyOwner.DefaultName}", "all that the person's role allows, and with --device ingest");
        var role = MemberVerbs.Role("as the person is, or member");
        var service = new Option<bool>("--service") { Description = "It belongs to no person but to a program, which is called as the key is; needs --name and --scopes." };
        var create = new Command("create", "Make a key and show it, once.") { of.Workspace, of.Person, role, of.Name, of.Scopes, of.Expires, of.Device, of.CompleteBy, service };
        create.Validators.Add(parse =>
        {
            if (parse.GetValue(service) && (parse.GetValue(of.Person) is not null || parse.GetValue(role) is not null)) parse.AddError("A service is no person: leave out --person and --role.");
        });
        verbs.Set(
            create,
            async (parse, session, cancellation) =>
            {
                KeyOwner owner = parse.GetValue(service) ? new KeyOwner.Service() : new KeyOwner.Person(parse.GetValue(of.Person) ?? KeyOwner.DefaultName, parse.GetValue(role));
                return new IssuedKey(await session.Database.Keys.CreateAsync(Actor.Operator, of.Read(parse, owner), cancellation), session.Settings.PublicUrl);
            },
            VerbRunner.Json.IssuedKey,
            PeopleTexts.Of);
        return create;
    }

    private Command Import()
    {
        var of = new KeyOptions(KeyOwner.DefaultName, "ingest");
        var sha256 = new Option<string?>("--sha256") { HelpName = "HEX", Description = $"SHA-256 of the key, {DigestLength} hexadecimal digits." };
        var prefix = new Option<string?>("--prefix") { Description = "With --sha256: how the key begins, for people to recognise it." };
        var stdin = new Option<bool>("--stdin") { Description = "Read the key from standard input: as an argument it would stand in the list of processes." };
        var import = new Command("import", "Take over a key that devices have already, so that they only change their endpoint.")
        {
            of.Workspace, of.Person, sha256, prefix, stdin, of.Name, of.Scopes, of.Expires, of.Device, of.CompleteBy,
        };
        import.Validators.Add(parse =>
        {
            if (parse.GetValue(stdin) == parse.GetValue(sha256) is not null) parse.AddError("Give either --sha256 HEX, or --stdin and the key on standard input.");
            else if (parse.GetValue(stdin) && parse.GetValue(prefix) is not null) parse.AddError("The prefix is given with --sha256 only; of a key it is read off.");
        });
        verbs.Set(
            import,
            async (parse, session, cancellation) =>
            {
                var secret = parse.GetValue(sha256) is { } hash
                    ? KeySecret.OfHash(hash, parse.GetValue(prefix))
                    : KeySecret.OfText((await verbs.Input.ReadLineAsync(cancellation))?.Trim());
                var owner = new KeyOwner.Person(parse.GetValue(of.Person) ?? KeyOwner.DefaultName);
                return new KeyAnswer(await session.Database.Keys.ImportAsync(Actor.Operator, of.Read(parse, owner), secret, cancellation));
            },
            VerbRunner.Json.KeyAnswer,
            PeopleTexts.OfImported);
        return import;
    }

    private Command Set()
    {
        var (prefix, completeBy) = (Prefix(), KeyOptions.MakeCompleteBy());
        var name = new Option<string?>("--name") { Description = "What people call it from now on." };
        var expires = KeyOptions.MakeExpires("When it ends by itself: a day, an instant, or never.");
        var set = new Command("set", "Change a key's name, its end, or what its envelopes mean, everywhere within a second.") { prefix, name, expires, completeBy };
        set.Validators.Add(parse =>
        {
            if (parse.GetValue(name) is null && parse.GetValue(expires) is null && parse.GetValue(completeBy) is null)
                parse.AddError("Say what to change: --name, --expires, --complete-by.");
        });
        verbs.Set(
            set,
            async (parse, session, cancellation) =>
            {
                var key = await session.Database.Keys.MeantByAsync(parse.GetValue(prefix)!, cancellation);
                var edit = new KeyEdit
                {
                    Name = parse.GetValue(name), ChangesExpiry = parse.GetValue(expires) is not null, ExpiresAt = parse.GetValue(expires)?.At, CompleteBy = parse.GetValue(completeBy),
                };
                return new ChangedKey(await session.Database.Keys.ChangeAsync(Actor.Operator, key.WorkspaceId, key.KeyId, edit, null, cancellation));
            },
            VerbRunner.Json.ChangedKey,
            PeopleTexts.Of);
        return set;
    }

    private Command Rotate()
    {
        var prefix = Prefix();
        var overlap = new Option<int>("--overlap") { HelpName = "HOURS", Description = "How long the old key works yet.", DefaultValueFactory = _ => KeyForms.DefaultOverlapHours };
        overlap.Validators.Add(parse =>
        {
            if (parse.GetValueOrDefault<int>() is < 0 or > KeyForms.MostOverlapHours) parse.AddError($"--overlap is a number of hours from 0 to {KeyForms.MostOverlapHours}.");
        });
        var rotate = new Command("rotate", "Make a key that takes the place of another, and show it, once. The old one works for some time yet.") { prefix, overlap };
        verbs.Set(
            rotate,
            async (parse, session, cancellation) =>
            {
                var key = await session.Database.Keys.MeantByAsync(parse.GetValue(prefix)!, cancellation);
                var rotated = await session.Database.Keys.RotateAsync(Actor.Operator, key.WorkspaceId, key.KeyId, TimeSpan.FromHours(parse.GetValue(overlap)), cancellation);
                return new RotatedKeyAnswer(new IssuedKeyAnswer(rotated.New), new KeyAnswer(rotated.Old));
            },
            VerbRunner.Json.RotatedKeyAnswer,
            PeopleTexts.Of);
        return rotate;
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
            PeopleTexts.Of);
        return revoke;
    }

    private Command List()
    {
        var workspace = new Option<string?>("--workspace") { Description = "Only the keys of this workspace." };
        var list = new Command("list", "Show all keys, oldest first, ended ones too.") { workspace };
        verbs.Set(
            list,
            async (parse, session, cancellation) => new KeyList(
                [.. (await session.Database.Keys.ListAsync(parse.GetValue(workspace), cancellation)).Select(key => new KeyAnswer(key))]),
            VerbRunner.Json.KeyList,
            PeopleTexts.Of);
        return list;
    }

    private static Argument<string> Prefix() => new("PREFIX") { Description = "The beginning of the key as `key list` shows it, or its key id." };
}
