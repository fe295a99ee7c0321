using System.Data.Common;

namespace Ingest.Persistence.Envelopes;

/// <summary>Rows that are known to stand there do not: somebody who takes no lock and renews no revision, an operator at the database's own prompt, has changed them.</summary>
internal sealed class RowsMovedException(int found, int expected) : DbException($"{found} of {expected} rows stood where they were known to stand.");
