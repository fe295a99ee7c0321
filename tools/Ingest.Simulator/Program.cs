using Ingest.Simulator;

var run = new SimulatorRun(Console.Out, Console.Error, TimeProvider.System);
return await new SimulatorCommand().RunAsync(args, run.RunAsync, Console.Out, Console.Error);
