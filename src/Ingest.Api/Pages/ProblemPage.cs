using Ingest.Api.Errors;
using Ingest.Api.Pages.Frame;

namespace Ingest.Api.Pages;

/// <summary>A refusal as a person reads it.</summary>
internal static class ProblemPage
{
    public static Task WriteAsync(HttpContext context, Problem problem, Guid attempt)
    {
        var code = problem.Code;

        // One page for all that is not there: what belongs to another workspace differs in no letter from what nobody has.
        var model = code.Status == StatusCodes.Status404NotFound && code != ProblemCode.CodeUnknown
            ? new ProblemModel("There is nothing here", "Check the address. It may name something that was deleted, or that is not yours to see.", null)
            : new ProblemModel(code.Title, problem.Detail, code.Status >= StatusCodes.Status500InternalServerError ? attempt : null);
        return new PageResult<ProblemView, ProblemModel>(model, code.Status).ExecuteAsync(context);
    }
}
