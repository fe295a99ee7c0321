using System.CommandLine;
using Ingest.Api.Pages.SignIn;

namespace Ingest.Api.Operator;

/// <summary><c>sign-in-link</c>: how people come to the pages without a key.</summary>
internal sealed class PageVerbs(VerbRunner verbs)
{
    /// <summary>Where a server listens that nobody has told an address.</summary>
    private const string UsualAddress = "http://localhost:8080";

    public Command Build()
    {
        var workspace = new Option<string>("--workspace") { Description = "The id of the workspace.", Required = true };
        var person = new Option<string>("--person") { Description = "Who signs in: their name, or their user id.", Required = true };
        var link = new Command("sign-in-link", "Make a link that signs a person in to the pages, once, and show it.") { workspace, person };
        verbs.Set(
            link,
            async (parse, session, cancellation) =>
            {
                var member = await session.Database.Members.MeantByAsync(parse.GetValue(workspace)!, parse.GetValue(person)!, cancellation);
                var created = await session.Database.SignInLinks.CreateAsOperatorAsync(member.WorkspaceId, member.UserId, cancellation);
                return new NewSignInLink(
                    $"{session.Settings.PublicUrl ?? UsualAddress}{SignInEndpoints.LinkPath}?token={created.Token}", created.WorkspaceId, created.UserName, created.ExpiresAt);
            },
            VerbRunner.Json.NewSignInLink,
            Told);
        return link;
    }

    private static string Told(NewSignInLink link) =>
        $"""
        {link.UserName} signs in to the pages of {link.WorkspaceId} with this link, once, until {OperatorTexts.Instant(link.ExpiresAt)}:

            {link.Url}

        This is the only time it is shown. Where the server is reached at another address, put that in front of {SignInEndpoints.Path}, or set PublicUrl.
        """;
}
