using Ingest.Api.Queries;
using Ingest.Domain.Health;
using Ingest.Domain.Identity;

namespace Ingest.Api.Devices;

/// <summary>The words by which lists of devices are chosen: those of the answers.</summary>
internal static class DeviceWords
{
    private static readonly Dictionary<string, DeviceStanding> StandingByWord = ByWord<DeviceStanding>();

    private static readonly Dictionary<string, SyncState> StateByWord = ByWord<SyncState>();

    public static IEnumerable<string> Standings => StandingByWord.Keys;

    public static IEnumerable<string> States => StateByWord.Keys;

    public static DeviceStanding StandingOf(string word) => StandingByWord[word];

    public static SyncState StateOf(string word) => StateByWord[word];

    public static string WordOf(SyncState state) => StateByWord.First(word => word.Value == state).Key;

    private static Dictionary<string, T> ByWord<T>()
        where T : struct, Enum => AnswerWords.Of<T>().ToDictionary(word => word.Name, word => word.Value, StringComparer.Ordinal);
}
