using Ingest.Api.Authentication;
using Ingest.Api.Configuration;
using Ingest.Api.Enrolments;
using Ingest.Api.Errors;
using Ingest.Api.Queries;
using Ingest.Domain.Health;
using Ingest.Domain.Identity;
using Ingest.Persistence.Enrolments;
using Ingest.Persistence.Members;

namespace Ingest.Api.Pages.Connect;

internal static class ConnectEndpoints
{
    public const string Path = "/connect";

    /// <summary>People to choose from; in a larger workspace the API makes the codes.</summary>
    private const int MostPeople = 500;

    public static IEndpointRouteBuilder MapConnect(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, static (HttpContext context, MemberStore members) => ShowAsync(context, members, isFirst: false)).Needs(Permission.Read);
        routes.MapPost(Path, MakeCodeAsync).Needs(Permission.Manage);
        routes.MapGet(Path + "/{enrolment_id}", ShowArrivalAsync).Needs(Permission.Manage);
        return routes;
    }

    /// <summary>What stands where devices will be, while there are none.</summary>
    public static async Task<IResult> ShowAsync(HttpContext context, MemberStore members, bool isFirst) =>
        new PageResult<ConnectView, ConnectModel>(await ModelAsync(context, members, isFirst));

    private static async Task<IResult> MakeCodeAsync(HttpContext context, MemberStore members, EnrolmentStore enrolments, IngestSettings settings)
    {
        var caller = context.Caller();
        if (!Guid.TryParseExact(context.Request.Form["person"], "D", out var person)) return new ProblemResult(Problem.Of(ProblemCode.MemberNotFound));

        // Left out, it is a new one.
        var named = context.Request.Form["device"].ToString().Trim();
        var device = DeviceId.TryNormalise(named, out var id) ? id : null;
        if (named.Length > 0 && device is null) return new ProblemResult(Problem.Of(ProblemCode.InvalidDeviceId));
        var created = await enrolments.CreateAsync(caller.WorkspaceId, context.Actor(), person, new EnrolmentWish(device), context.RequestAborted);
        var endpoint = settings.PublicUrl ?? $"{context.Request.Scheme}://{context.Request.Host}";
        var code = new NewCode(
            EnrolmentLine.Of(endpoint, created.Code), created.Enrolment.UserName, endpoint.StartsWith("https://", StringComparison.OrdinalIgnoreCase), ArrivalOf(created.Enrolment, null));
        return new PageResult<ConnectView, ConnectModel>(await ModelAsync(context, members, isFirst: false) with { Code = code });
    }

    private static async Task<IResult> ShowArrivalAsync(HttpContext context, EnrolmentStore enrolments, ISyncStatusReader statuses)
    {
        var caller = context.Caller();
        var enrolment = await enrolments.GetAsync(caller.WorkspaceId, context.RouteId("enrolment_id"), context.RequestAborted);
        var status = enrolment is { State: EnrolmentState.Redeemed, DeviceId: { } device } ? await statuses.FindAsync(caller, device, context.RequestAborted) : null;
        return new PageResult<ArrivalView, Arrival>(ArrivalOf(enrolment, status));
    }

    private static async Task<ConnectModel> ModelAsync(HttpContext context, MemberStore members, bool isFirst)
    {
        var caller = context.Caller();
        if (!PermissionRule.Allows(caller.Scopes, Permission.Manage)) return new ConnectModel(isFirst, MayMakeCodes: false, [], null);

        var page = await members.ListAsync(caller.WorkspaceId, null, MostPeople, context.RequestAborted);
        ConnectPerson[] people =
        [
            .. page.Members.Where(member => UserRoles.ScopesOf(member.Role).HasFlag(KeyScopes.Ingest) && UserRoles.MayAppoint(caller.Role, member.Role))
                .Select(member => new ConnectPerson(member.UserId, member.Name)).OrderBy(person => person.Name, StringComparer.OrdinalIgnoreCase),
        ];
        return new ConnectModel(isFirst, MayMakeCodes: true, people, people.Any(person => person.UserId == caller.UserId) ? caller.UserId : null);
    }

    /// <summary>A device that synced before has sent much already: what counts is what it sends with its new key.</summary>
    private static Arrival ArrivalOf(ListedEnrolment enrolment, DeviceStatus? status)
    {
        var facts = status?.Facts;
        var arrivedAt = facts?.LastStoredAt >= enrolment.RedeemedAt ? facts.LastStoredAt : null;
        var refusal = arrivedAt is null && facts?.FailingSince >= enrolment.RedeemedAt ? facts.LastDetail ?? facts.LastCode : null;
        return new Arrival(enrolment.EnrolmentId, enrolment.State, enrolment.ExpiresAt, enrolment.DeviceId, arrivedAt, refusal);
    }
}
