using Ingest.Api.Operator;
using Ingest.Api.Startup;

return await new OperatorCommand(Console.Out, Console.Error).RunAsync(args, IngestServer.RunAsync);
