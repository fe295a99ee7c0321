namespace Ingest.Api.Errors;

/// <summary>
/// Every way a request can be refused: one closed list. Status, headers, log level and the table in <c>docs/errors.md</c> all come from here.
/// </summary>
/// <param name="Code">What a program branches on. Never renamed.</param>
/// <param name="Status">The HTTP status. A fault of ours is 503, never 500 and never 401 (C§3.3: a 401 stops a stock daemon for good).</param>
/// <param name="Title">The same for every occurrence, as RFC 9457 asks.</param>
/// <param name="Retryable">Whether the very same request may succeed later without anybody changing it.</param>
/// <param name="RetryAfterSeconds">When to come back, where that is known; sent as <c>Retry-After</c>.</param>
/// <param name="Level">How loudly an occurrence is logged.</param>
/// <param name="Remedy">What a person does about it, in one line.</param>
internal sealed record ProblemCode(string Code, int Status, string Title, bool Retryable, int? RetryAfterSeconds, LogLevel Level, string Remedy)
{
    public static readonly ProblemCode NoBody = Refused(
        "no_body", 400, "The request has no body", "Send the envelope as the body of the request.");

    public static readonly ProblemCode InvalidJson = Refused(
        "invalid_json", 400, "The body is not valid JSON", "Fix the place the detail names; the body must be one JSON object in UTF-8, each key once.");

    public static readonly ProblemCode InvalidContentEncoding = Refused(
        "invalid_content_encoding", 400, "The compressed body is broken", "Send the whole compressed stream, in the encoding that Content-Encoding names.");

    public static readonly ProblemCode MissingDeviceId = Refused(
        "missing_device_id", 400, "The device is not named", "Add ?device_id=<id> to the address.");

    public static readonly ProblemCode InvalidDeviceId = Refused(
        "invalid_device_id", 400, "The device id is not valid", "A device id is 1 to 128 characters of A-Z a-z 0-9 . _ : -");

    public static readonly ProblemCode InvalidParameter = Refused(
        "invalid_parameter", 400, "A parameter of the address is not valid", "Correct the parameter that the detail names.");

    public static readonly ProblemCode InvalidCursor = Refused(
        "invalid_cursor", 400, "The cursor does not belong to this list", "Take next_cursor as it is, keep the other parameters, or begin again without a cursor.");

    public static readonly ProblemCode RangeTooWide = Refused(
        "range_too_wide", 400, "The range is too wide for one answer", "Ask for fewer days with from and to; the detail says how many there may be.");

    public static readonly ProblemCode BadRequest = Refused(
        "bad_request", 400, "The request is not valid HTTP", "Look for a proxy or client that breaks the request on its way.");

    public static readonly ProblemCode Unauthorized = Refused(
        "unauthorized", 401, "The key is missing or unknown", "Send Authorization: Bearer <key> with a key that `ingest key list` shows as active.") with
    {
        // Anybody can cause these; a line each would hand the log to strangers. The meter counts them.
        Level = LogLevel.Debug,
    };

    public static readonly ProblemCode WorkspaceMismatch = Refused(
        "workspace_mismatch", 403, "The key belongs to another workspace", "Set workspace_id to the workspace of the key; GET /v1/whoami names it.");

    public static readonly ProblemCode DeviceCapReached = Refused(
        "device_cap_reached", 403, "The workspace has as many devices as it may", "Raise Limits__DevicesPerWorkspace, or keep the device_id of a device that exists.");

    public static readonly ProblemCode HttpsRequired = Refused(
        "https_required", 403, "Keys are taken over HTTPS only", "Name the proxy in Proxies__Trusted so that its X-Forwarded-Proto counts, or set AllowPlainHttp=true.");

    public static readonly ProblemCode FormRefused = Refused(
        "form_refused", 403, "The form did not come from a page of this server", "Open the page again, with cookies allowed, and send the form from there.");

    public static readonly ProblemCode RoleMissing = Refused(
        "role_missing", 403, "The key's owner may not do this", "Use the key of somebody who may, or have an owner or manager change the role: PATCH /v1/members/<user_id>.");

    public static readonly ProblemCode ScopeMissing = Refused(
        "scope_missing", 403, "The key is not for this", "Use a key with one of the scopes that the detail names: ingest key create --workspace <id> --scopes <scopes>.");

    public static readonly ProblemCode OwnerNeeded = Refused(
        "owner_needed", 403, "Only an owner may do this", "Use the key of an owner of the workspace.");

    public static readonly ProblemCode KeyBound = Refused(
        "key_bound", 403, "The key is for another device", "Set device_id in cloud.toml to the one that the detail names, or enrol this device: it gets a key of its own.");

    public static readonly ProblemCode DeviceRevoked = Refused(
        "device_revoked", 403, "The device was revoked", "A manager enrols it anew, by its device_id, or takes the revocation back: POST /v1/devices/<id>/resume.");

    public static readonly ProblemCode DeviceDeleted = Refused(
        "device_deleted", 403, "The device was deleted with its data", "A manager enrols it anew: POST /v1/enrolments with its device_id.");

    public static readonly ProblemCode NotFound = Refused(
        "not_found", 404, "There is nothing at this address", "Check the path; /openapi/v1.json lists every one.");

    public static readonly ProblemCode DeviceNotFound = Refused(
        "device_not_found", 404, "No such device", "Check the id: the device has not synced yet, or it syncs to another workspace.");

    public static readonly ProblemCode WorkspaceNotFound = Refused(
        "workspace_not_found", 404, "No such workspace", "Check the id: ingest workspace list.");

    public static readonly ProblemCode MemberNotFound = Refused(
        "member_not_found", 404, "No such member", "Take user_id from GET /v1/members.");

    public static readonly ProblemCode KeyNotFound = Refused(
        "key_not_found", 404, "No such key", "Take key_id from GET /v1/keys.");

    public static readonly ProblemCode InviteNotFound = Refused(
        "invite_not_found", 404, "No such invite", "Take invite_id from GET /v1/invites.");

    public static readonly ProblemCode EnrolmentNotFound = Refused(
        "enrolment_not_found", 404, "No such enrolment", "Take enrolment_id from GET /v1/enrolments.");

    public static readonly ProblemCode CodeUnknown = Refused(
        "code_unknown", 404, "The code is not known here", "Type it as it was given to you; ask whoever gave it for another one.") with { Level = LogLevel.Debug };

    public static readonly ProblemCode ChangeNotFound = Refused(
        "change_not_found", 404, "No such change", "Take version_id from GET /v1/ingest/changes; what days held earlier is not kept for ever.");

    public static readonly ProblemCode SessionNotFound = Refused(
        "session_not_found", 404, "No such session", "Take device.device_id and session_id from GET /v1/sessions.");

    public static readonly ProblemCode NoActivePriceList = Refused(
        "no_active_price_list", 404, "No active price list", "Nothing need be done: costs stay as the device computed them.") with { Level = LogLevel.Debug };

    public static readonly ProblemCode MethodNotAllowed = Refused(
        "method_not_allowed", 405, "This address does not answer that method", "Use a method that the Allow header names.");

    public static readonly ProblemCode RequestTimeout = Refused(
        "request_timeout", 408, "The body came too slowly", "Try again on a better line, or send smaller envelopes.") with { Retryable = true };

    public static readonly ProblemCode DayExpired = Refused(
        "day_expired", 409, "The day has expired", "Nothing can be done: its rows were removed by age, and an expired day is not stored again.");

    public static readonly ProblemCode NameTaken = Refused(
        "name_taken", 409, "The name is taken", "Choose another name, or use what has it.");

    public static readonly ProblemCode KeyTaken = Refused(
        "key_taken", 409, "The key is known already", "Nothing need be done where it belongs to this workspace; a key cannot belong to two.");

    public static readonly ProblemCode AlreadyMember = Refused(
        "already_member", 409, "The person is a member already", "Use the keys that the person has.");

    public static readonly ProblemCode LastOwner = Refused(
        "last_owner", 409, "A workspace has at least one owner", "Make somebody else an owner first.");

    public static readonly ProblemCode Conflict = Refused(
        "conflict", 409, "Something stands in the way", "The detail says what.");

    public static readonly ProblemCode CodeSpent = Refused(
        "code_spent", 410, "The code is of no use any more", "Ask whoever gave it for another one.");

    public static readonly ProblemCode PreconditionFailed = Refused(
        "precondition_failed", 412, "It was changed since it was read", "Read it again, and repeat the change with the new ETag where it still makes sense.");

    public static readonly ProblemCode BodyTooLarge = Refused(
        "body_too_large", 413, "The body is too large", "Send fewer days at once, or raise Limits__BodyBytes.");

    public static readonly ProblemCode UnsupportedMediaType = Refused(
        "unsupported_media_type", 415, "The body is not declared as JSON", "Send Content-Type: application/json (curl: -H 'Content-Type: application/json').");

    public static readonly ProblemCode UnsupportedContentEncoding = Refused(
        "unsupported_content_encoding", 415, "The encoding of the body is not accepted", "Send the body as it is, or with one Content-Encoding of gzip or br.");

    public static readonly ProblemCode UnsupportedSchemaVersion = Refused(
        "unsupported_schema_version", 422, "The envelope's version is not known here", "Update whichever side is older: the device's daemon, or this server.");

    public static readonly ProblemCode InvalidEnvelope = Refused(
        "invalid_envelope", 422, "The envelope cannot be used", "Fix what errors[] names.");

    public static readonly ProblemCode InvalidRequest = Refused(
        "invalid_request", 422, "The request cannot be carried out as it is written", "Fix what errors[] names.");

    public static readonly ProblemCode InvalidRows = Refused(
        "invalid_rows", 422, "Some rows break a rule and strict handling was asked for", "Fix the rows errors[] names, or leave out Prefer: handling=strict.");

    public static readonly ProblemCode NoUsableRows = Refused(
        "no_usable_rows", 422, "No row of the envelope can be used",
        "Fix the rows errors[] names. Sent again unchanged, they are kept in quarantine and the envelope is accepted.") with { Retryable = true };

    public static readonly ProblemCode QuarantineFull = Refused(
        "quarantine_full", 422, "The device's quarantine is full", "Fix what errors[] names on the device, and clear the quarantine: POST /v1/ingest/quarantine/discard.");

    public static readonly ProblemCode PreconditionRequired = Refused(
        "precondition_required", 428, "The change needs an If-Match", "Ask for the preview first, and send its ETag as If-Match.");

    public static readonly ProblemCode RateLimited = new(
        "rate_limited", 429, "Too much with this key", Retryable: true, RetryAfterSeconds: 1, LogLevel.Information,
        "Wait as long as Retry-After says, or raise Limits__RequestsPerMinute or Limits__RowsPerMinute, whichever the detail is about.");

    public static readonly ProblemCode AuthenticationLimited = new(
        "authentication_limited", 429, "Too many unknown keys from this address", Retryable: true, RetryAfterSeconds: 1, LogLevel.Debug,
        "Find what sends wrong keys from this address, or raise Limits__FailedAuthenticationsPerMinute. Keys that exist are let through.");

    public static readonly ProblemCode DevicePaused = Ours(
        "device_paused", 300, LogLevel.Information, "The device is paused", "Nothing is lost: the device keeps what it has until a manager lets it go on: POST /v1/devices/<id>/resume.");

    public static readonly ProblemCode NotSetUp = Ours(
        "not_set_up", 60, LogLevel.Warning, "The server holds no key yet", "Create one: ingest key create --workspace <id>. If keys existed before, look at the database.");

    public static readonly ProblemCode Maintenance = Ours(
        "maintenance", 60, LogLevel.Information, "The server is in maintenance", "Wait, or end it: ingest maintenance off.");

    public static readonly ProblemCode Starting = Ours(
        "starting", 2, LogLevel.Information, "The server is starting", "Wait a moment.");

    public static readonly ProblemCode SchemaBehind = Ours(
        "schema_behind", 60, LogLevel.Warning, "The database needs a migration", "Run: ingest migrate");

    public static readonly ProblemCode SchemaForeign = Ours(
        "schema_foreign", 60, LogLevel.Warning, "Another version migrated the database", "Run the version of Ingest that did, or a newer one.");

    public static readonly ProblemCode StoreUnavailable = Ours(
        "store_unavailable", 5, LogLevel.Warning, "The database does not answer", "Look at the database and at the log of this server; clients try again by themselves.");

    public static readonly ProblemCode Overloaded = Ours(
        "overloaded", 2, LogLevel.Warning, "The server has as much in hand as it may", "Clients try again by themselves; if it lasts, add an instance or raise Limits__BodyBudgetBytes.");

    public static readonly ProblemCode ShuttingDown = Ours(
        "shutting_down", 5, LogLevel.Information, "The server is shutting down", "Clients try again by themselves.");

    public static readonly ProblemCode Internal = Ours(
        "internal", 30, LogLevel.Error, "Something failed on the server", "Find the attempt id in the log of this server and report it.");

    /// <summary>The whole list, in the order of the documents: by status, then by code.</summary>
    public static IReadOnlyList<ProblemCode> All { get; } =
    [
        BadRequest, InvalidContentEncoding, InvalidCursor, InvalidDeviceId, InvalidJson, InvalidParameter, MissingDeviceId, NoBody, RangeTooWide,
        Unauthorized,
        DeviceCapReached, DeviceDeleted, DeviceRevoked, FormRefused, HttpsRequired, KeyBound, OwnerNeeded, RoleMissing, ScopeMissing, WorkspaceMismatch,
        ChangeNotFound, CodeUnknown, DeviceNotFound, EnrolmentNotFound, InviteNotFound, KeyNotFound, MemberNotFound, NoActivePriceList, NotFound, SessionNotFound, WorkspaceNotFound,
        MethodNotAllowed,
        RequestTimeout,
        AlreadyMember, Conflict, DayExpired, KeyTaken, LastOwner, NameTaken,
        CodeSpent,
        PreconditionFailed,
        BodyTooLarge,
        UnsupportedContentEncoding, UnsupportedMediaType,
        InvalidEnvelope, InvalidRequest, InvalidRows, NoUsableRows, QuarantineFull, UnsupportedSchemaVersion,
        PreconditionRequired,
        AuthenticationLimited, RateLimited,
        DevicePaused, Internal, Maintenance, NotSetUp, Overloaded, SchemaBehind, SchemaForeign, ShuttingDown, Starting, StoreUnavailable,
    ];

    /// <summary>The URI of the problem type: an identifier, not an address to fetch.</summary>
    public string Type => "urn:ingest:problem:" + Code;

    public override string ToString() => Code;

    private static ProblemCode Refused(string code, int status, string title, string remedy) =>
        new(code, status, title, Retryable: false, RetryAfterSeconds: null, LogLevel.Information, remedy);

    private static ProblemCode Ours(string code, int retryAfterSeconds, LogLevel level, string title, string remedy) =>
        new(code, 503, title, Retryable: true, retryAfterSeconds, level, remedy);
}
