using System.Globalization;
using System.Text.Json.Nodes;

namespace Ingest.Simulator.Tests.Servers;

/// <summary>The rules of the ledger for one device, in miniature and on purpose not shared with the service (design §7).</summary>
internal sealed class ModelDevice(ModelRule rule)
{
    private const int Grace = 2;
    private const int LookBack = 35;
    private const int FlipsOfSharedId = 4;
    private const int UnheededAnswers = 10;
    private static readonly TimeSpan SameOffset = TimeSpan.FromSeconds(60);

    private DateOnly? _confirmed;
    private DateOnly? _rewind;
    private int _answers;
    private int _epoch;
    private DateTimeOffset? _newest;
    private (TimeSpan By, DateTimeOffset Stamp)? _late;
    private DateOnly _lookOn;
    private DateOnly _fullLookOn;

    public SortedDictionary<string, ModelDay> Days { get; } = new(StringComparer.Ordinal);

    public bool IsShared { get; private set; }

    /// <returns>The watermark to answer.</returns>
    public string? Take(DateTimeOffset now, DateTimeOffset syncedAt, IReadOnlyList<JsonObject> rows)
    {
        if (rows.Count == 0) return null;
        var named = rows.GroupBy(row => Text(row, "bucket_day")).ToDictionary(day => day.Key, day => day.Where(IsGood).ToList(), StringComparer.Ordinal);
        if (rule == ModelRule.NewestStoredDay)
        {
            foreach (var (day, some) in named) Upsert(Day(day), some);
            return Days.Keys.Last();
        }

        var (first, newest) = (Parse(named.Keys.Min(StringComparer.Ordinal)!), Parse(named.Keys.Max(StringComparer.Ordinal)!));
        var today = DateOf(now);
        var openDay = DateOf(syncedAt < now ? syncedAt : now);
        var closed = openDay.AddDays(-1 - Grace);
        var base_ = newest < closed ? newest : closed;
        var firstContact = _newest is null;
        if (firstContact) _lookOn = _fullLookOn = today.AddDays(1);
        if (_confirmed is { } confirmed && first <= confirmed)
        {
            if (_rewind is null) LookAtAllSoon(today);
            else if (_answers > 0) (_rewind, _answers) = (null, 0);
        }

        var isLate = IsLate(now, syncedAt);
        if (firstContact && first >= openDay.AddDays(-7)) _rewind = DateOnly.MinValue.AddDays(1);
        foreach (var (text, good) in named)
        {
            var day = Parse(text);
            HashSet<string> keys = [.. rows.Where(row => Text(row, "bucket_day") == text).Select(KeyOf)];
            if (!Store(text, good, keys, now, syncedAt, isLate, isClosed: day <= base_, today)) continue;
            _rewind = _rewind is null || day < _rewind ? day : _rewind;
        }

        _confirmed = _confirmed is null || base_ > _confirmed ? base_ : _confirmed;
        if (_rewind is null && today >= _lookOn && newest >= openDay.AddDays(-1))
        {
            (_rewind, _lookOn) = (today.AddDays(-LookBack), today.AddDays(1));
            if (today >= _fullLookOn) (_rewind, _fullLookOn) = (DateOnly.MinValue.AddDays(1), today.AddDays(7));
        }

        if (_rewind is null) return Text(base_);
        if (++_answers > UnheededAnswers)
        {
            (_rewind, _answers) = (null, 0);
            return Text(base_);
        }

        var before = _rewind.Value.AddDays(-1);
        return Text(before < base_ ? before : base_);
    }

    private void LookAtAllSoon(DateOnly today) => _fullLookOn = _fullLookOn < today.AddDays(1) ? _fullLookOn : today.AddDays(1);

    private bool IsLate(DateTimeOffset now, DateTimeOffset syncedAt)
    {
        if (_newest is null || syncedAt >= _newest)
        {
            (_newest, _late) = (syncedAt, null);
            return false;
        }

        var by = syncedAt - now;
        if (_late is { } before && syncedAt > before.Stamp && (by - before.By).Duration() < SameOffset)
        {
            _epoch++;
            (_newest, _late) = (syncedAt, null);
            return false;
        }

        _late = (by, syncedAt);
        return true;
    }

    /// <returns>Whether the day has to come again.</returns>
    private bool Store(
        string text, List<JsonObject> good, HashSet<string> named, DateTimeOffset now, DateTimeOffset syncedAt, bool isLate, bool isClosed, DateOnly today)
    {
        var content = string.Join('\n', good.Select(row => row.ToJsonString()).Order(StringComparer.Ordinal));
        var isNew = !Days.ContainsKey(text);
        var day = Day(text);
        var isQuiet = now - day.ChangedAt > TimeSpan.FromDays(1);
        if (!isNew && day.Content == content)
        {
            if (day.Flips >= FlipsOfSharedId && isQuiet)
            {
                day.Flips = 0;
                Retire(day, named);
            }

            return false;
        }

        if (!isNew && (isLate || (_epoch, syncedAt).CompareTo(day.Order) < 0)) return true;
        day.Flips = isNew || isQuiet ? 0 : day.Flips + (day.Before == content ? 1 : 0);
        var isShared = day.Flips >= FlipsOfSharedId;
        IsShared |= isShared;
        var shrinks = Units(day.Rows.Values) > Units(good);
        (day.Before, day.Content, day.Order, day.ChangedAt) = (day.Content, content, (_epoch, syncedAt), now);
        Upsert(day, good);
        if (!isShared) Retire(day, named);
        if (isNew || !isClosed || isShared) return false;
        if (shrinks) LookAtAllSoon(today);
        return true;
    }

    private ModelDay Day(string text)
    {
        if (!Days.TryGetValue(text, out var day)) Days[text] = day = new ModelDay();
        return day;
    }

    private static void Upsert(ModelDay day, IEnumerable<JsonObject> rows)
    {
        foreach (var row in rows) day.Rows[KeyOf(row)] = row;
    }

    private static void Retire(ModelDay day, HashSet<string> named)
    {
        foreach (var key in day.Rows.Keys.Except(named, StringComparer.Ordinal).ToList()) day.Rows.Remove(key);
    }

    private static bool IsGood(JsonObject row) =>
        row["message_count"]!.GetValue<long>() >= 0
        && row["cost_cents_effective"]!.GetValue<double>() > -0.01 && row["cost_cents_ingested"]!.GetValue<double>() > -0.01;

    private static long Units(IEnumerable<JsonObject> rows) => rows.Sum(row => row["message_count"]!.GetValue<long>() + row["input_tokens"]!.GetValue<long>());

    private static string KeyOf(JsonObject row) =>
        string.Join('\t', new[] { "role", "provider", "model", "repo_id", "git_branch", "surface" }.Select(name => Text(row, name)));

    private static string Text(JsonObject row, string name) => row[name]!.GetValue<string>();

    private static DateOnly DateOf(DateTimeOffset instant) => DateOnly.FromDateTime(instant.UtcDateTime);

    private static DateOnly Parse(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
