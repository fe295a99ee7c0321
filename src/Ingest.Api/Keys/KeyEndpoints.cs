using Ingest.Api.Authentication;
using Ingest.Api.Bodies;
using Ingest.Api.Errors;
using Ingest.Api.Forms;
using Ingest.Api.OpenApi;
using Ingest.Api.Queries;
using Ingest.Domain;
using Ingest.Domain.Identity;
using Ingest.Persistence.Identity;
using Ingest.Persistence.Keys;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingest.Api.Keys;

internal static class KeyEndpoints
{
    public static IEndpointRouteBuilder MapKeys(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/keys", ListAsync)
            .WithName("keys")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Keys)
            .WithSummary("Keys, and who uses them")
            .WithDescription("Oldest first, ended ones too. The text of a key is not among it: that is shown once, when the key is made.")
            .Takes(QueryParameters.KeyUserId, QueryParameters.KeyState, QueryParameters.Cursor, QueryParameters.Limit)
            .Means(StatusCodes.Status200OK, "A page of them.", new AnswerExample("page", "One key", "answer-keys"))
            .CanRefuse(ProblemCode.InvalidParameter, ProblemCode.InvalidCursor);
        routes.MapPost("/keys", CreateAsync)
            .WithName("key-create")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Keys)
            .WithSummary("Make a key")
            .WithDescription("Whose key it is bounds what it can do, and its scopes do. Only an owner makes keys for owners.")
            .TakesForm(KeyForms.Creation)
            .Means(StatusCodes.Status201Created, "The key, shown once.", new AnswerExample("key", "For a laptop", "answer-key-issued"))
            .CanRefuse(ProblemCode.MemberNotFound, ProblemCode.NameTaken, ProblemCode.OwnerNeeded);
        routes.MapPost("/keys/import", ImportAsync)
            .WithName("key-import")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Keys)
            .WithSummary("Take over a key that devices have already")
            .WithDescription("So that its devices only change their `endpoint`. Where the key was never on this server, its hash is enough.")
            .TakesForm(KeyForms.Import)
            .Means(StatusCodes.Status201Created, "It is good here from now on.", new AnswerExample("key", "By its hash", "answer-key-imported"))
            .CanRefuse(ProblemCode.MemberNotFound, ProblemCode.NameTaken, ProblemCode.KeyTaken, ProblemCode.OwnerNeeded);
        routes.MapGet("/keys/{key_id}", GetAsync)
            .WithName("key")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Keys)
            .WithSummary("One key, and who uses it")
            .WithDescription("The entity tag is what a change of it may name as `If-Match`.")
            .Takes(QueryParameters.KeyPath)
            .Means(StatusCodes.Status200OK, "The key.", new AnswerExample("key", "A key that was rotated", "answer-key"))
            .CanRefuse(ProblemCode.KeyNotFound);
        routes.MapPatch("/keys/{key_id}", ChangeAsync)
            .WithName("key-change")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Keys)
            .WithSummary("Rename a key, or change when it ends")
            .WithDescription("Everywhere within a second. Whose it is and what it is for stays: make another one for that.")
            .Takes(QueryParameters.KeyPath, QueryParameters.IfMatch)
            .TakesForm(KeyForms.Change)
            .Means(StatusCodes.Status200OK, "The key as it is now.", new AnswerExample("key", "A key that was rotated", "answer-key"))
            .CanRefuse(ProblemCode.KeyNotFound, ProblemCode.NameTaken, ProblemCode.OwnerNeeded, ProblemCode.Conflict, ProblemCode.PreconditionFailed);
        routes.MapPost("/keys/{key_id}/revoke", RevokeAsync)
            .WithName("key-revoke")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Keys)
            .WithSummary("Make a key worthless")
            .WithDescription("Everywhere within a second, and for good. A stock daemon that is answered 401 stops until somebody restarts it: to replace a key that is not in wrong hands, rotate it.")
            .Takes(QueryParameters.KeyPath)
            .Means(StatusCodes.Status200OK, "It is revoked, or was before.", new AnswerExample("key", "A key that was rotated", "answer-key"))
            .CanRefuse(ProblemCode.KeyNotFound, ProblemCode.OwnerNeeded);
        routes.MapPost("/keys/{key_id}/rotate", RotateAsync)
            .WithName("key-rotate")
            .Needs(Permission.Manage)
            .WithTags(ApiTags.Keys)
            .WithSummary("Put a new key in the place of one")
            .WithDescription(
                "The new one has its owner, name, scopes and device, and ends after as long a time as it did. The old one works until the overlap is over, and says who uses it yet: "
                + "`used_since_rotation` and `devices` in `GET /v1/keys/{key_id}`.")
            .Takes(QueryParameters.KeyPath)
            .TakesForm(KeyForms.Rotation)
            .Means(StatusCodes.Status201Created, "The new key, shown once, and the old one.", new AnswerExample("rotated", "With a day of overlap", "answer-key-rotated"))
            .CanRefuse(ProblemCode.KeyNotFound, ProblemCode.OwnerNeeded, ProblemCode.Conflict);
        return routes;
    }

    private static async Task<Results<JsonAnswer<KeysAnswer>, ProblemResult>> ListAsync(HttpContext context, KeyStore keys)
    {
        var query = new QueryReader(context.Request.Query);
        var filter = new KeyFilter(query.OptionalUuid("user_id"), query.OptionalChoice("state", KeyStateNames.All) is { } state ? KeyStateNames.Read(state) : null);
        var limit = query.Limit();
        var scope = query.Scope("keys", context.Caller(), "user_id", "state");
        var after = query.AfterTime(scope);
        if (query.Refusal is { } refusal) return new ProblemResult(refusal);

        var page = await keys.ListAsync(context.Caller().WorkspaceId, filter, after, limit, context.RequestAborted);
        return new JsonAnswer<KeysAnswer>(new KeysAnswer(
            [.. page.Keys.Select(key => new KeyAnswer(key))], page.HasMore ? Cursor.Write(scope, new TimedPlace(page.Keys[^1].CreatedAt, page.Keys[^1].KeyId)) : null));
    }

    private static async Task<Results<CreatedAnswer<IssuedKeyAnswer>, ProblemResult>> CreateAsync(HttpContext context, BodyReader bodies, KeyStore keys)
    {
        var (form, problem) = await bodies.ReadFormAsync(context, KeyForms.Creation);
        if (problem is not null) return new ProblemResult(problem);
        var (asked, unclear) = KeyForms.NewKeyOf(form, context.Caller().WorkspaceId);
        if (asked is null) return new ProblemResult(unclear!);
        var created = await keys.CreateAsync(context.Actor(), asked, context.RequestAborted);
        return new CreatedAnswer<IssuedKeyAnswer>(new IssuedKeyAnswer(created), AddressOf(created));
    }

    private static async Task<Results<CreatedAnswer<KeyAnswer>, ProblemResult>> ImportAsync(HttpContext context, BodyReader bodies, KeyStore keys)
    {
        var (form, problem) = await bodies.ReadFormAsync(context, KeyForms.Import);
        if (problem is not null) return new ProblemResult(problem);
        var (asked, secret, unclear) = KeyForms.ImportOf(form, context.Caller().WorkspaceId);
        if (asked is null) return new ProblemResult(unclear!);
        var imported = await keys.ImportAsync(context.Actor(), asked, secret!, context.RequestAborted);
        return new CreatedAnswer<KeyAnswer>(new KeyAnswer(imported), AddressOf(imported));
    }

    private static async Task<RevisedAnswer<KeyAnswer>> GetAsync(HttpContext context, KeyStore keys) =>
        Answer(await keys.GetAsync(context.Caller().WorkspaceId, context.RouteId("key_id"), context.RequestAborted));

    private static async Task<Results<RevisedAnswer<KeyAnswer>, ProblemResult>> ChangeAsync(HttpContext context, BodyReader bodies, KeyStore keys)
    {
        var (form, problem) = await bodies.ReadFormAsync(context, KeyForms.Change);
        if (problem is not null) return new ProblemResult(problem);
        var change = await keys.ChangeAsync(
            context.Actor(), context.Caller().WorkspaceId, context.RouteId("key_id"), KeyForms.EditOf(form), Revision.Expected(context), context.RequestAborted);
        return Answer(change.Key);
    }

    private static async Task<RevisedAnswer<KeyAnswer>> RevokeAsync(HttpContext context, KeyStore keys) =>
        Answer((await keys.RevokeAsync(context.Actor(), context.Caller().WorkspaceId, context.RouteId("key_id"), context.RequestAborted)).Key);

    private static async Task<Results<CreatedAnswer<RotatedKeyAnswer>, ProblemResult>> RotateAsync(HttpContext context, BodyReader bodies, KeyStore keys)
    {
        var (form, problem) = await bodies.ReadFormAsync(context, KeyForms.Rotation);
        if (problem is not null) return new ProblemResult(problem);
        var overlap = TimeSpan.FromHours(form.Number("overlap_hours") ?? KeyForms.DefaultOverlapHours);
        var rotated = await keys.RotateAsync(context.Actor(), context.Caller().WorkspaceId, context.RouteId("key_id"), overlap, context.RequestAborted);
        return new CreatedAnswer<RotatedKeyAnswer>(new RotatedKeyAnswer(new IssuedKeyAnswer(rotated.New), new KeyAnswer(rotated.Old)), AddressOf(rotated.New));
    }

    private static string AddressOf(ListedKey key) => $"/v1/keys/{key.KeyId:D}";

    private static RevisedAnswer<KeyAnswer> Answer(ListedKey key) => new(new KeyAnswer(key), key.Revision);
}
