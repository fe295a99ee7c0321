using System.CommandLine;
using Ingest.Domain.Identity;

namespace Ingest.Api.Operator;

/// <summary><c>workspace …</c></summary>
internal sealed class WorkspaceVerbs(VerbRunner verbs)
{
    public Command Build() => new("workspace", "Workspaces: whom data belongs to.") { Create(), List(), Rename() };

    private Command Create()
    {
        var name = new Option<string>("--name") { Description = "What people call it; no other workspace is called so.", Required = true };
        var id = new Option<string?>("--id") { Description = "Its id, such as ws_mobile; made when left out." };
        var create = new Command("create", "Make a workspace.") { name, id };
        verbs.Set(
            create,
            (parse, session, cancellation) => session.Database.Workspaces.CreateAsync(Actor.Operator, parse.GetValue(name)!, parse.GetValue(id), cancellation),
            VerbRunner.Json.ListedWorkspace,
            PeopleTexts.OfCreated);
        return create;
    }

    private Command List()
    {
        var list = new Command("list", "Show all workspaces, oldest first.");
        verbs.Set(
            list,
            async (_, session, cancellation) => new WorkspaceList(await session.Database.Workspaces.ListAsync(cancellation)),
            VerbRunner.Json.WorkspaceList,
            PeopleTexts.Of);
        return list;
    }

    private Command Rename()
    {
        var id = new Argument<string>("ID") { Description = "The id of the workspace, which stays." };
        var name = new Option<string>("--name") { Description = "What people call it from now on.", Required = true };
        var rename = new Command("rename", "Give a workspace another name.") { id, name };
        verbs.Set(
            rename,
            (parse, session, cancellation) => session.Database.Workspaces.RenameAsync(Actor.Operator, parse.GetValue(id)!, parse.GetValue(name)!, null, cancellation),
            VerbRunner.Json.ListedWorkspace,
            PeopleTexts.OfRenamed);
        return rename;
    }
}
