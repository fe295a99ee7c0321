using System.CommandLine;
using Ingest.Domain.Identity;

namespace Ingest.Api.Operator;

/// <summary><c>workspace …</c></summary>
internal sealed class WorkspaceVerbs(VerbRunner verbs)
{
    public Command Build() => new("workspace", "Workspaces: whom data belongs to.") { Create() };

    private Command Create()
    {
        var name = new Option<string>("--name") { Description = "What people call it.", Required = true };
        var id = new Option<string?>("--id") { Description = "Its id, such as ws_mobile; made when left out." };
        var create = new Command("create", "Make a workspace.") { name, id };
        verbs.Set(
            create,
            (parse, session, cancellation) => session.Database.Workspaces.CreateAsync(Actor.Operator, parse.GetValue(name)!, parse.GetValue(id), cancellation),
            VerbRunner.Json.ListedWorkspace,
            OperatorTexts.OfCreated);
        return create;
    }
}
