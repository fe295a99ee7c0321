using System.Data.Common;

namespace Ingest.Persistence.Envelopes;

/// <summary>Somebody who does not take the lock of the device, an operator at the database's own prompt, changed rows between their reading and their writing.</summary>
internal sealed class RowsMovedException(int found, int expected) : DbException($"{found} of {expected} rows stood where they were read.");
