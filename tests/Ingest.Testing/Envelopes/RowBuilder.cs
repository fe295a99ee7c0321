using System.Text;

namespace Ingest.Testing.Envelopes;

/// <summary>One row of the payload: fields in the order daemons send them, the optional ones left out until they are set.</summary>
public abstract class RowBuilder<TSelf>
    where TSelf : RowBuilder<TSelf>
{
    private readonly List<(string Name, string? Json)> _fields = [];

    /// <summary>Puts <paramref name="json"/> in the place of the field as it is, which need not be of the right type, nor JSON.</summary>
    public TSelf Raw(string name, string json)
    {
        Set(name, json);
        return (TSelf)this;
    }

    public TSelf Without(string name)
    {
        Set(name, null);
        return (TSelf)this;
    }

    /// <summary>The row as one JSON object on one line.</summary>
    public string ToJson()
    {
        var text = new StringBuilder("{");
        foreach (var (name, json) in _fields)
        {
            if (json is null) continue;
            if (text.Length > 1) text.Append(", ");
            text.Append(WireText.Of(name)).Append(": ").Append(json);
        }

        return text.Append('}').ToString();
    }

    protected void Optional(params ReadOnlySpan<string> names)
    {
        foreach (var name in names) Set(name, null);
    }

    protected TSelf Set(string name, string? json)
    {
        var at = _fields.FindIndex(field => field.Name == name);
        if (at < 0) _fields.Add((name, json));
        else _fields[at] = (name, json);
        return (TSelf)this;
    }
}
