using System.CommandLine;
using Ingest.Domain.Identity;
using Ingest.Persistence.Enrolments;

namespace Ingest.Api.Operator;

/// <summary><c>device enroll</c> and <c>enrolment …</c></summary>
internal sealed class EnrolmentVerbs(VerbRunner verbs)
{
    /// <summary>Lines of a list: those before are in the API.</summary>
    private const int MostListed = 1000;

    public Command Build() => new("enrolment", "Codes by which devices get their keys: device enroll makes one.") { List(), Revoke() };

    public Command Enroll()
    {
        var workspace = new Option<string>("--workspace") { Description = "The id of the workspace.", Required = true };
        var person = new Option<string>("--person") { Description = "Whose device it is; added as a member where nobody is called so.", Required = true };
        var device = new Option<string?>("--device") { Description = "Its id, where it has one or had one. Left out: as it says itself, or a new one." };
        var label = new Option<string?>("--label") { Description = "What it shall call itself. Left out: its host name." };
        var minutes = new Option<int>("--minutes") { Description = "How long the code is good.", DefaultValueFactory = _ => EnrolmentStore.DefaultMinutes };
        minutes.Validators.Add(parse =>
        {
            if (parse.GetValue(minutes) is < EnrolmentStore.FewestMinutes or > EnrolmentStore.MostMinutes)
                parse.AddError($"--minutes is a number from {EnrolmentStore.FewestMinutes} to {EnrolmentStore.MostMinutes}.");
        });
        device.Validators.Add(parse =>
        {
            if (parse.GetValue(device) is { } id && !DeviceId.TryNormalise(id, out _)) parse.AddError($"'{id}' is no device id: 1 to {DeviceId.MaximumLength} of A-Z a-z 0-9 . _ : -");
        });
        var enroll = new Command("enroll", "Make a code that gives a device its key, once, and show it.") { workspace, person, device, label, minutes };
        verbs.Set(
            enroll,
            async (parse, session, cancellation) =>
            {
                var deviceId = DeviceId.TryNormalise(parse.GetValue(device), out var id) ? id : null;
                var created = await session.Database.Enrolments.CreateAsOperatorAsync(
                    parse.GetValue(workspace)!, parse.GetValue(person)!, new EnrolmentWish(deviceId, parse.GetValue(label), parse.GetValue(minutes)), cancellation);
                return new NewEnrolment(created.Code, created.Enrolment, session.Settings.PublicUrl);
            },
            VerbRunner.Json.NewEnrolment,
            EnrolmentTexts.Of);
        return enroll;
    }

    private Command List()
    {
        var only = new Option<string?>("--workspace") { Description = "Only enrolments of this workspace." };
        var list = new Command("list", "Show codes that were made, the newest first, and what became of them.") { only };
        verbs.Set(
            list,
            async (parse, session, cancellation) =>
                new EnrolmentList((await session.Database.Enrolments.ListAsync(parse.GetValue(only), null, null, MostListed, cancellation)).Enrolments),
            VerbRunner.Json.EnrolmentList,
            EnrolmentTexts.Of);
        return list;
    }

    private Command Revoke()
    {
        var id = new Argument<Guid>("ID") { Description = "The enrolment, as `enrolment list` shows it." };
        var revoke = new Command("revoke", "Take a code back.") { id };
        verbs.Set(
            revoke,
            (parse, session, cancellation) => session.Database.Enrolments.RevokeAsync(null, Actor.Operator, parse.GetValue(id), cancellation),
            VerbRunner.Json.ListedEnrolment,
            EnrolmentTexts.OfRevoked);
        return revoke;
    }
}
