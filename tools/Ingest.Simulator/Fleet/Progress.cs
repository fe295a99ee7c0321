namespace Ingest.Simulator.Fleet;

internal readonly record struct Progress(int Day, int Days, long Requests, TimeSpan Elapsed);
