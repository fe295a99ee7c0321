using System.Text.Json;
using System.Text.Unicode;
using Ingest.Domain.Privacy;
using Ingest.Domain.Validation;

namespace Ingest.Domain.Envelopes;

/// <summary>
/// Reads a body in one pass. A row that breaks a rule is put aside whole and the reading goes on behind it, so one path serves good
/// and bad bodies alike, and no rule can differ between them. Only JSON that is broken as JSON ends the reading.
/// </summary>
internal ref partial struct EnvelopeReader
{
    /// <summary>Of the rejected rows beyond, only the first issue is told. Ten thousand times "{}" would otherwise take a thousand times their size in memory.</summary>
    private const int RowsToldInFull = 100;

    private readonly ReadOnlySpan<byte> _body;

    /// <summary>The JSON reader checks structure, not text; when the whole body is UTF-8, and it nearly always is, no string needs a look of its own.</summary>
    private readonly bool _bodyIsUtf8;

    private readonly FreeTextPolicy _freeText;

    private readonly EnvelopeDraft _draft = new();
    private JsonTokens _json;

    // The row being read, and where it stands.
    private RowKind _kind;
    private RowFields _fields = RowFields.Rollup;
    private int _index = -1;
    private int _field;
    private uint _seen;
    private uint _bad;
    private List<Issue>? _issues;

    private EnvelopeReader(ReadOnlySpan<byte> body, FreeTextPolicy freeText)
    {
        _freeText = freeText;
        _body = body.StartsWith("\uFEFF"u8) ? body[3..] : body;
        _bodyIsUtf8 = Utf8.IsValid(_body);
        _json = new JsonTokens(_body);
    }

    /// <summary>Reads <paramref name="body"/>.</summary>
    /// <param name="draft">What was read, or null when the root is no object.</param>
    /// <returns>Null, or where and why the body is no JSON.</returns>
    public static Issue? Read(ReadOnlySpan<byte> body, FreeTextPolicy freeText, out EnvelopeDraft? draft)
    {
        var reader = new EnvelopeReader(body, freeText);
        try
        {
            draft = reader.ReadRoot() ? reader._draft : null;
            return null;
        }
        catch (JsonException broken)
        {
            draft = null;
            return new Issue(reader.CurrentPath(), IssueCodes.InvalidJson, $"Not valid JSON at line {broken.LineNumber + 1}, byte {broken.BytePositionInLine + 1} of that line.");
        }
    }

    /// <summary>Reads one row of a kind, as it is kept in quarantine, by the very rules of a row in a body.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static EnvelopeDraft ReadSingle(RowKind kind, ReadOnlySpan<byte> row, FreeTextPolicy freeText)
    {
        var reader = new EnvelopeReader(row, freeText) { _kind = kind, _fields = RowFields.Of(kind), _index = 0 };
        reader._json.Read();
        reader.ReadRow();
        reader._json.Read();
        return reader._draft;
    }

    private bool ReadRoot()
    {
        _json.Read();
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            _json.Skip();
            _json.Read();
            return false;
        }

        var frame = _draft.Frame;
        var next = 0;
        var seen = 0u;
        while (ReadField(RowFields.Envelope, ref next, out var field))
        {
            if (field < 0)
            {
                SkipUnknown();
                continue;
            }

            if ((seen & (1u << field)) != 0) frame.DuplicateField ??= "$." + RowFields.Envelope[field];
            seen |= 1u << field;
            switch (field)
            {
                case 0: ReadVersion(frame); break;
                case 1: frame.DeviceId = FrameText().Text; break;
                case 2: (frame.WorkspaceIdShape, frame.WorkspaceId) = FrameText(); break;
                case 3: frame.OrgId = FrameText().Text; break;
                case 4: frame.Label = ReadLabel(); break;
                case 5: ReadSyncedAt(frame); break;
                default: ReadPayload(frame); break;
            }
        }

        // One more read: what stands behind the root makes the body no JSON.
        _json.Read();
        return true;
    }

    /// <summary>Steps onto the value of the next property; false at the end of the object.</summary>
    private bool ReadField(RowFields fields, ref int next, out int field)
    {
        if (!fields.ReadName(ref _json, ref next, out field)) return false;
        if (field < 0) NoteUnknown();
        _json.ReadValue();
        return true;
    }

    /// <summary>Counts the name under the reader, where it is one that the contract keeps out of envelopes. No other name is kept.</summary>
    private readonly void NoteUnknown()
    {
        if (ForbiddenFields.Recognise(_json.UnescapedText(stackalloc byte[RowFields.LongestEscapedName])) is { } forbidden) _draft.Dropped.Add(forbidden);
    }

    /// <summary>Steps over the value of a field the contract does not know, however deep.</summary>
    private void SkipUnknown()
    {
        if (_json.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return;
        for (var depth = 1; depth > 0;)
        {
            _json.Read();
            switch (_json.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray: depth++; break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray: depth--; break;
                case JsonTokenType.PropertyName: NoteUnknown(); break;
                default: break;
            }
        }
    }

    private void ReadVersion(EnvelopeFrame frame)
    {
        frame.SchemaVersionText = _json.TokenType switch
        {
            JsonTokenType.String => "a string",
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "an array",
            _ => System.Text.Encoding.ASCII.GetString(_json.ValueSpan[..Math.Min(20, _json.ValueSpan.Length)]),
        };
        frame.SchemaVersion = _json.TokenType == JsonTokenType.Number && _json.Number.Whole(int.MaxValue, out var version) == NumberProblem.None
            ? version
            : null;
        _json.Skip();
    }

    private (FieldShape Shape, string? Text) FrameText()
    {
        if (_json.TokenType == JsonTokenType.Null) return (FieldShape.Null, null);
        if (_json.TokenType == JsonTokenType.String && TryText(out var text)) return (FieldShape.Present, text);
        _json.Skip();
        return (FieldShape.WrongType, null);
    }

    /// <summary>A label is for eyes only: whatever cannot be shown clears it, and nothing in it refuses an envelope (C§1.1).</summary>
    private Sent<string> ReadLabel()
    {
        if (_json.TokenType != JsonTokenType.String || !TryText(out var text))
        {
            _json.Skip();
            return new Sent<string>(null);
        }

        text = text!.Trim();
        if (_freeText != FreeTextPolicy.Keep && PrivateText.KindOf(text, isSentence: true) is not PrivateKind.None and var looks) text = PrivateText.Redact(looks);
        if (text.Length > EnvelopeLimits.LabelCharacters)
        {
            var cut = EnvelopeLimits.LabelCharacters;
            if (char.IsHighSurrogate(text[cut - 1])) cut--;
            text = text[..cut];
        }

        return new Sent<string>(text.Length == 0 ? null : text);
    }

    private void ReadSyncedAt(EnvelopeFrame frame)
    {
        frame.SyncedAtShape = FieldShape.WrongType;
        frame.SyncedAt = null;
        if (_json.TokenType == JsonTokenType.Null)
        {
            frame.SyncedAtShape = FieldShape.Null;
        }
        else if (_json.TokenType == JsonTokenType.String && Instant.TryParse(ShortText(), out var instant))
        {
            frame.SyncedAtShape = FieldShape.Present;
            frame.SyncedAt = instant;
        }

        _json.Skip();
    }

    private void ReadPayload(EnvelopeFrame frame)
    {
        frame.Payload = ShapeOf(JsonTokenType.StartObject);
        if (frame.Payload != FieldShape.Present)
        {
            _json.Skip();
            return;
        }

        var next = 0;
        var seen = 0u;
        while (ReadField(RowFields.Payload, ref next, out var field))
        {
            if (field < 0)
            {
                SkipUnknown();
                continue;
            }

            if ((seen & (1u << field)) != 0) frame.DuplicateField ??= "$.payload." + RowFields.Payload[field];
            seen |= 1u << field;
            var shape = ShapeOf(JsonTokenType.StartArray);
            _kind = (RowKind)field;
            if (_kind == RowKind.DailyRollup) frame.DailyRollups = shape;
            else if (_kind == RowKind.SessionSummary) frame.SessionSummaries = shape;
            else frame.WindowSummaries = shape;
            var start = (int)_json.TokenStartIndex;
            if (shape == FieldShape.Present) ReadRows();
            else _json.Skip();

            // Of rollups the digests of their days tell as much.
            if (_kind != RowKind.DailyRollup) frame.OtherRows.Append(_body[start..(int)_json.BytesConsumed]);
        }
    }

    private readonly FieldShape ShapeOf(JsonTokenType wanted) =>
        _json.TokenType == wanted ? FieldShape.Present : _json.TokenType == JsonTokenType.Null ? FieldShape.Null : FieldShape.WrongType;

    private void ReadRows()
    {
        _fields = RowFields.Of(_kind);
        for (_index = 0; ; _index++)
        {
            // Where the text breaks off here, no field of the row before is to blame.
            _field = -1;
            _json.Read();
            if (_json.TokenType == JsonTokenType.EndArray) break;
            if (_draft.HasTooManyBadRows)
            {
                _json.Skip();
                continue;
            }

            ReadRow();
        }

        _index = -1;
    }

    private void ReadRow()
    {
        var start = _json.TokenStartIndex;
        _issues = null;
        _seen = _bad = 0;
        _field = -1;
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            Report(IssueCodes.WrongType, "The row must be an object.");
            _json.Skip();
            Reject(start, null, null, null);
            return;
        }

        switch (_kind)
        {
            case RowKind.DailyRollup: ReadRollup(start); break;
            case RowKind.SessionSummary: ReadSession(start); break;
            default: ReadWindow(start); break;
        }
    }

    /// <summary>Steps onto the next known field of the row; false at its end. A field that stands twice is reported and skipped.</summary>
    private bool NextField(ref int next)
    {
        while (ReadField(_fields, ref next, out _field))
        {
            if (_field >= 0)
            {
                var bit = 1u << _field;
                if ((_seen & bit) == 0)
                {
                    _seen |= bit;
                    return true;
                }

                Report(IssueCodes.DuplicateField, "The field stands twice.");
                _json.Skip();
            }
            else
            {
                SkipUnknown();
            }
        }

        return false;
    }

    private readonly bool Has(int field) => (_seen & (1u << field)) != 0;

    /// <summary>Whether nothing was found wrong with the first fields of the row, the key's among them.</summary>
    private readonly bool IsReadable(uint fields) => (_bad & fields) == 0;

    private void Require(params ReadOnlySpan<int> fields)
    {
        foreach (var field in fields)
        {
            if (Has(field)) continue;
            _field = field;
            Report(IssueCodes.Required, "The field is missing.");
        }
    }

    private void Reject(int start, DateOnly? day, RollupKey? key, Guid? id)
    {
        // A body of "[0,0,0,…]" would otherwise take a hundred times its size in memory.
        if (_draft.Rejected.Count == EnvelopeLimits.QuarantinedRows)
        {
            _draft.HasTooManyBadRows = true;
            return;
        }

        var raw = RowRedaction.Reduce(_kind, _body[start.._json.BytesConsumed], _freeText);
        _draft.Rejected.Add(new RejectedRow(_kind, id ?? IdentifyUnreadable(raw), day, key, raw, _issues!));
    }

    /// <summary>
    /// By what stands in the place of its key, and by its place among those that say the same. Its bytes would not do: with every count
    /// that grows the row would be another one, and the day's bad row would fill the quarantine of its device.
    /// </summary>
    private readonly Guid IdentifyUnreadable(ReadOnlySpan<byte> raw)
    {
        var id = QuarantineId.OfUnreadable(_kind, raw, place: 0);
        var place = _draft.Unreadable[id] = _draft.Unreadable.GetValueOrDefault(id) + 1;
        return place == 1 ? id : QuarantineId.OfUnreadable(_kind, raw, place);
    }

    private void Report(string code, string message)
    {
        if (_field >= 0) _bad |= 1u << _field;
        AddIssue(code, message);
    }

    /// <summary>The field stays readable: what stands in its place tells its row apart as well.</summary>
    private void ReportPrivate(PrivateKind looks)
    {
        if (_freeText != FreeTextPolicy.Quarantine) return;
        AddIssue(IssueCodes.PrivateText, looks == PrivateKind.Path ? "Looks like an absolute path." : "Looks like an e-mail address.");
    }

    private void AddIssue(string code, string message)
    {
        _issues ??= [];
        var most = _draft.Rejected.Count < RowsToldInFull ? EnvelopeLimits.IssuesPerRow : 1;
        if (_issues.Count < most) _issues.Add(new Issue(CurrentPath(), code, message));
    }

    private readonly string CurrentPath()
    {
        if (_index < 0) return "$";
        var row = $"$.payload.{_kind.WireName()}[{_index}]";
        return _field < 0 ? row : $"{row}.{_fields[_field]}";
    }
}
