using System.CommandLine;
using Ingest.Domain.Devices;
using Ingest.Domain.Identity;
using Ingest.Persistence.Devices;

namespace Ingest.Api.Operator;

/// <summary>The verbs about devices as people of a workspace keep them.</summary>
internal sealed class DeviceVerbs(VerbRunner verbs)
{
    private readonly Argument<string> _id = new("ID") { Description = "The device, as its envelopes name it." };
    private readonly Option<string?> _workspace = new("--workspace") { Description = "The device's workspace, where its id stands in several." };
    private readonly Option<string?> _reason = new("--reason") { Description = "Why. The device is told so." };

    public IEnumerable<Command> Build() =>
    [
        List(),
        Rename(),
        Decide("pause", "Let a device wait: it keeps what it has, and nothing is lost.", DeviceStanding.Paused),
        Decide("resume", "Let a device go on, also one that was revoked.", DeviceStanding.Active),
        Decide("revoke", "Take no more envelopes of a device. What it sent stays.", DeviceStanding.Revoked),
        Delete(),
    ];

    private Command List()
    {
        var only = new Option<string?>("--workspace") { Description = "Only devices of this workspace." };
        var list = new Command("list", "Show devices: whose they are, and whether their envelopes are taken.") { only };
        verbs.Set(
            list,
            async (parse, session, cancellation) => new DeviceList(await session.Database.Devices.ListAsOperatorAsync(parse.GetValue(only), cancellation)),
            VerbRunner.Json.DeviceList,
            OperatorTexts.Of);
        return list;
    }

    private Command Rename()
    {
        var name = new Option<string>("--name") { Description = "What people shall call it; empty: what it calls itself.", Required = true };
        var rename = new Command("rename", "Give a device a name.") { _id, name, _workspace };
        verbs.Set(
            rename,
            async (parse, session, cancellation) =>
            {
                var (home, device) = await session.Database.FindDeviceAsync(parse.GetValue(_workspace), parse.GetValue(_id)!, cancellation);
                var text = parse.GetValue(name)!.Trim();
                var change = new DeviceChange(ChangesName: true, text.Length == 0 ? null : text, null);
                return new HomedDevice(home, await session.Database.Devices.ChangeAsync(home, device, change, null, Actor.Operator, cancellation));
            },
            VerbRunner.Json.HomedDevice,
            OperatorTexts.Of);
        return rename;
    }

    private Command Decide(string verb, string description, DeviceStanding standing)
    {
        var decide = new Command(verb, description) { _id, _workspace };
        if (standing != DeviceStanding.Active) decide.Options.Add(_reason);
        verbs.Set(
            decide,
            async (parse, session, cancellation) =>
            {
                var (home, device) = await session.Database.FindDeviceAsync(parse.GetValue(_workspace), parse.GetValue(_id)!, cancellation);
                var reason = standing == DeviceStanding.Active ? null : parse.GetValue(_reason);
                return new HomedDevice(home, await session.Database.Devices.SetStandingAsync(home, device, standing, reason, null, Actor.Operator, cancellation));
            },
            VerbRunner.Json.HomedDevice,
            OperatorTexts.Of);
        return decide;
    }

    private Command Delete()
    {
        var yes = new Option<bool>("--yes") { Description = "Do it. Left out: only say what would go." };
        var delete = new Command("delete", "Delete a device and all that it sent, for good.") { _id, _workspace, yes };
        verbs.Set(
            delete,
            async (parse, session, cancellation) =>
            {
                var (home, device) = await session.Database.FindDeviceAsync(parse.GetValue(_workspace), parse.GetValue(_id)!, cancellation);
                return parse.GetValue(yes)
                    ? DeviceRemoval.Of(home, await session.Database.Devices.DeleteAsync(home, device, static _ => true, Actor.Operator, cancellation))
                    : DeviceRemoval.Of(home, device, await session.Database.Devices.CountAsync(home, device, cancellation));
            },
            VerbRunner.Json.DeviceRemoval,
            OperatorTexts.Of);
        return delete;
    }
}
