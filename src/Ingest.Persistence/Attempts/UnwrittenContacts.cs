namespace Ingest.Persistence.Attempts;

/// <summary>What one transaction writes behind.</summary>
internal sealed class UnwrittenContacts
{
    /// <summary>Rows that the database does not know.</summary>
    public List<AttemptCount> NewRows { get; } = [];

    /// <summary>Rows that it knows with a lower count.</summary>
    public List<AttemptCount> CountedOn { get; } = [];

    /// <summary>Rows of earlier attempts among these, which no contact knows any more.</summary>
    public List<AttemptRow> Closed { get; } = [];

    public List<ContactFacts> Facts { get; } = [];

    /// <summary>Whose facts these are, in the same order.</summary>
    public List<DeviceContact> FactsOf { get; } = [];

    public List<UnwrittenDrops> Drops { get; } = [];

    /// <summary>Of whom anything is here.</summary>
    public List<DeviceContact> Contacts { get; } = [];

    /// <summary>Whose rows these are; some more than once.</summary>
    public IEnumerable<string> WorkspaceIds =>
        NewRows.Concat(CountedOn).Select(count => count.Row.Attempt.WorkspaceId)
            .Concat(Facts.Select(fact => fact.WorkspaceId)).Concat(Drops.Select(drops => drops.WorkspaceId));

    public int Rows => NewRows.Count + CountedOn.Count;

    public bool IsNone => Rows == 0 && Facts.Count == 0 && Drops.Count == 0;

    public void Add(AttemptRow row) => (row.WrittenTimes == 0 ? NewRows : CountedOn).Add(row.Count);
}
