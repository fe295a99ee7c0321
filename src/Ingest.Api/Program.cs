using Ingest.Api.Operator;
using Ingest.Api.Startup;

// Read by the runtime once, at the first socket. What follows an answer of the database goes on where it arrived: handing it to another thread
// costs more than what follows, and nothing there blocks: no statement is called off for a client that left (ProblemMiddleware).
const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
if (Environment.GetEnvironmentVariable(InlineCompletions) is null) Environment.SetEnvironmentVariable(InlineCompletions, "1");

return await new OperatorCommand(Console.Out, Console.Error).RunAsync(args, IngestServer.RunAsync);
