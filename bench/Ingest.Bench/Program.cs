using Ingest.Bench;

var run = new BenchRun(Console.Out, Console.Error);
return await new BenchCommand().RunAsync(args, run.RunAsync, Console.Out, Console.Error);
