namespace Ingest.Domain.Privacy;

/// <summary>What becomes of a text that looks like an absolute path or an e-mail address, which the contract keeps out of envelopes (P9).</summary>
public enum FreeTextPolicy
{
    /// <summary>Something else is stored in its place; what differs stays different.</summary>
    Redact,

    /// <summary>Its row is rejected, and kept aside with something else in its place; a label, which is no part of a row, is redacted.</summary>
    Quarantine,

    /// <summary>It is stored as sent.</summary>
    Keep,
}
