using System.CommandLine;
using System.CommandLine.Parsing;
using Ingest.Domain.Identity;
using Ingest.Persistence.Keys;

namespace Ingest.Api.Operator;

/// <summary>What an operator says of a key that is made or brought.</summary>
/// <param name="ownerLeftOut">Whose it is where nobody is named.</param>
/// <param name="scopesLeftOut">What it is for where nothing is said.</param>
internal sealed class KeyOptions(string ownerLeftOut, string scopesLeftOut)
{
    public Option<string> Workspace { get; } = new("--workspace") { Description = "The id of the workspace.", Required = true };

    public Option<string?> Person { get; } = new("--person") { Description = $"Whose key it is; added where nobody is called so. Left out: {ownerLeftOut}." };

    public Option<string?> Name { get; } = new("--name") { Description = "What people call the key." };

    public Option<KeyScopes?> Scopes { get; } = new("--scopes")
    {
        HelpName = string.Join(',', KeyScopeNames.All), Description = $"What it is for, with commas. Left out: {scopesLeftOut}.", CustomParser = ReadScopes,
    };

    public Option<Expiry?> Expires { get; } = MakeExpires("When it ends by itself: a day, an instant, or never.");

    public Option<string?> Device { get; } = MakeDevice();

    public Option<Completeness?> CompleteBy { get; } = MakeCompleteBy();

    public static Option<Expiry?> MakeExpires(string description) => new("--expires") { HelpName = "DATE", Description = description, CustomParser = Expiry.Parse };

    public static Option<Completeness?> MakeCompleteBy()
    {
        var option = new Option<Completeness?>("--complete-by")
        {
            HelpName = string.Join('|', CompletenessNames.All),
            Description = "day: envelopes hold all rows of each day they name. row: they hold single rows. auto: as the client says of itself, and stock daemons by day.",
        };
        option.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, [.. CompletenessNames.All]);
        return option;
    }

    public NewKey Read(ParseResult parse, KeyOwner owner) => new(parse.GetValue(Workspace)!, owner)
    {
        Name = parse.GetValue(Name),
        Scopes = parse.GetValue(Scopes),
        ExpiresAt = parse.GetValue(Expires)?.At,
        DeviceId = DeviceId.TryNormalise(parse.GetValue(Device), out var id) ? id : null,
        CompleteBy = parse.GetValue(CompleteBy) ?? Completeness.Auto,
    };

    private static Option<string?> MakeDevice()
    {
        var device = new Option<string?>("--device") { HelpName = "ID", Description = "The one device whose envelopes it may bring, with the scope ingest alone. Left out: any." };
        device.Validators.Add(parse =>
        {
            if (!DeviceId.TryNormalise(parse.GetValueOrDefault<string?>(), out _)) parse.AddError($"--device is a device id: 1 to {DeviceId.MaximumLength} of A-Z a-z 0-9 . _ : -");
        });
        return device;
    }

    private static KeyScopes? ReadScopes(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (KeyScopeNames.Parse(text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) is { } scopes) return scopes;
        result.AddError($"'{text}' is not of {string.Join(",", KeyScopeNames.All)}.");
        return null;
    }
}
