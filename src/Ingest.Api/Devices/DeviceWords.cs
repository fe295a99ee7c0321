using System.Text.Json;
using Ingest.Domain.Health;
using Ingest.Domain.Identity;

namespace Ingest.Api.Devices;

/// <summary>The words by which lists of devices are chosen: those of the answers.</summary>
internal static class DeviceWords
{
    private static readonly Dictionary<string, DeviceStanding> StandingByWord = Words<DeviceStanding>();

    private static readonly Dictionary<string, SyncState> StateByWord = Words<SyncState>();

    public static IEnumerable<string> Standings => StandingByWord.Keys;

    public static IEnumerable<string> States => StateByWord.Keys;

    public static DeviceStanding StandingOf(string word) => StandingByWord[word];

    public static SyncState StateOf(string word) => StateByWord[word];

    public static string WordOf(SyncState state) => Word(state);

    private static Dictionary<string, T> Words<T>()
        where T : struct, Enum =>
        Enum.GetValues<T>().ToDictionary(Word, StringComparer.Ordinal);

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
