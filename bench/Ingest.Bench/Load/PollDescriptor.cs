using System.Runtime.InteropServices;

namespace Ingest.Bench.Load;

/// <summary>As <c>struct pollfd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    public int Descriptor;
    public short Wanted;
    public short Happened;
}
