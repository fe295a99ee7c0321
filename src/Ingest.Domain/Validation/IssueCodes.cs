namespace Ingest.Domain.Validation;

/// <summary>The closed list of what can be wrong with a field or a row.</summary>
public static class IssueCodes
{
    public const string Required = "required";
    public const string WrongType = "wrong_type";
    public const string DuplicateField = "duplicate_field";
    public const string InvalidText = "invalid_text";
    public const string InvalidDay = "invalid_day";
    public const string InvalidTimestamp = "invalid_timestamp";
    public const string Negative = "negative";
    public const string NotWhole = "not_a_whole_number";
    public const string OutOfRange = "out_of_range";
    public const string InvalidFormat = "invalid_format";
    public const string UnsupportedVersion = "unsupported_schema_version";
    public const string InvalidJson = "invalid_json";
    public const string UnknownField = "unknown_field";
    public const string TooManyBadRows = "too_many_bad_rows";
    public const string PrivateText = "private_text";

    /// <summary>Code and meaning, for the public list of errors.</summary>
    public static IReadOnlyList<(string Code, string Meaning)> All { get; } =
    [
        (Required, "The field is missing."),
        (WrongType, "The field, or the row, is of another JSON type than the contract says; numbers in quotes are not numbers."),
        (DuplicateField, "The field stands twice in one object."),
        (InvalidText, "The text holds U+0000, half of a surrogate pair, or bytes that are not UTF-8."),
        (InvalidDay, "Not a calendar day in the form YYYY-MM-DD, from 1970-01-01 on."),
        (InvalidTimestamp, "Not an RFC 3339 timestamp between 1970 and 9999."),
        (Negative, "Below zero (a cost above -0.01 cent counts as zero)."),
        (NotWhole, "A count with a fraction."),
        (OutOfRange, "Larger than the field's limit."),
        (PrivateText, "The text looks like an absolute path or an e-mail address; only with Privacy__FreeText=quarantine."),
        (InvalidFormat, "The text does not have the field's form."),
        (UnsupportedVersion, "The envelope's schema version is none of the supported ones."),
        (InvalidJson, "The body is not JSON, or nested too deeply."),
        (UnknownField, "The request has no field of that name; in envelopes such fields are passed over."),
        (TooManyBadRows, "More rows of one envelope cannot be used than may be kept aside."),
    ];
}
