using System.Runtime.InteropServices;

namespace Ingest.Bench.Load;

/// <summary>Waits for many sockets on one thread, to the microsecond: what the framework offers waits in milliseconds.</summary>
internal static unsafe partial class Poll
{
    public const short Readable = 1;
    public const short Writable = 4;
    private const int Interrupted = 4;

    /// <param name="nanoseconds">Negative: until something happens.</param>
    public static void Wait(Span<PollDescriptor> descriptors, long nanoseconds)
    {
        var time = new TimeSpecification(nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
        fixed (PollDescriptor* first = descriptors)
        {
            if (WaitForAny(first, (nuint)descriptors.Length, nanoseconds < 0 ? null : &time, null) >= 0) return;
        }

        if (Marshal.GetLastPInvokeError() != Interrupted) throw new BenchException($"ppoll failed: {Marshal.GetLastPInvokeErrorMessage()}.");
        foreach (ref var descriptor in descriptors) descriptor.Happened = 0;
    }

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int WaitForAny(PollDescriptor* descriptors, nuint count, TimeSpecification* timeout, void* signals);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpecification(long Seconds, long Nanoseconds);
}
