using Ingest.Api.Attempts;
using Ingest.Api.Audit;
using Ingest.Api.Authentication;
using Ingest.Api.Bodies;
using Ingest.Api.Configuration;
using Ingest.Api.Development;
using Ingest.Api.Devices;
using Ingest.Api.Enrolments;
using Ingest.Api.Envelopes;
using Ingest.Api.Errors;
using Ingest.Api.Health;
using Ingest.Api.Invites;
using Ingest.Api.Keys;
using Ingest.Api.Limits;
using Ingest.Api.Members;
using Ingest.Api.Merging;
using Ingest.Api.OpenApi;
using Ingest.Api.Pages;
using Ingest.Api.Pages.Assets;
using Ingest.Api.Pages.Connect;
using Ingest.Api.Pages.SignIn;
using Ingest.Api.Pages.SyncHealth;
using Ingest.Api.Pages.Usage;
using Ingest.Api.Paths;
using Ingest.Api.Pricing;
using Ingest.Api.Quarantine;
using Ingest.Api.Reconciliation;
using Ingest.Api.Rewinds;
using Ingest.Api.Sessions;
using Ingest.Api.Startup;
using Ingest.Api.Status;
using Ingest.Api.Telemetry;
using Ingest.Api.Transport;
using Ingest.Api.Usage;
using Ingest.Api.Windows;
using Ingest.Api.Workspaces;
using Ingest.Domain.Validation;
using Ingest.Persistence;
using Ingest.Persistence.Envelopes;
using Ingest.Persistence.Upkeep;
using Ingest.Persistence.Usage;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ingest.Api;

/// <summary>The whole service on one screen: what it is made of, in which order a request passes, and where it can go.</summary>
internal static class IngestApp
{
    public static WebApplicationBuilder AddIngest(this WebApplicationBuilder builder, IngestSettings settings, ServerDatabase database)
    {
        builder.Logging.NeverQuoteRequests();
        var services = builder.Services;
        if (settings.Development.HasVirtualClock) services.AddVirtualClock();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(settings);
        services.AddPersistence(database, new StoreLimits(
            settings.Ledger, settings.Limits.DevicesPerWorkspace, EnvelopeLimits.QuarantinedRows, settings.LookBacksPerMinute, settings.FreeText));
        services.AddUpkeep(settings.Retention);
        services.AddUsage(settings.Usage);
        services.AddSingleton<UsageDesk>();
        services.AddReadiness();
        services.AddSingleton<FirstStart>();
        services.AddHostedService<Preparation>();
        services.AddProblems();
        services.AddConnections(settings.Limits);
        services.AddBearerAuthentication(settings.Limits);
        services.AddRateLimit(settings.Limits);
        services.AddBodies(settings.Limits);
        services.AddEnvelopes(settings.Limits);
        services.AddSingleton<DeviceWork>();
        services.AddPages();
        services.AddTelemetry(settings);
        services.AddApiDocument();
        services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        return builder;
    }

    public static WebApplication UseIngest(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<IngestSettings>();
        app.UseTrustedProxies(settings.TrustedProxies);
        app.UseAttemptIds();
        app.UseSafeHeaders();
        app.UseProblems();
        app.UseSingleSlashes();
        app.UseApiPage();       // GET  /swagger               the document below, for people
        app.UseRouting();

        app.MapHealth();
        app.MapApiDocument();   // GET  /openapi/v1.json       this API, described
        if (settings.Development.IsInUse) app.MapDevelopment(settings.Development); // PUT /development/clock, in simulations only

        var api = app.MapGroup("/v1").RequireHttps(settings.AllowPlainHttp).RequireReady().RequireKey().LimitRate().CanRefuse(ProblemCode.Internal);
        api.MapEnvelopes();     // POST /v1/ingest             the daemon's envelopes
        api.MapStatus();        // GET  /v1/ingest/status      how one device's sync is doing
        api.MapRewinds();       // POST /v1/ingest/rewind      ask devices to send again
        api.MapManifest();      // GET  /v1/ingest/manifest    what is stored of a device, day by day
        api.MapDayRows();       // GET  /v1/ingest/rows        every row of a device-day, live, ghost or quarantined
        api.MapChanges();       // GET  /v1/ingest/changes     how closed days changed; /{version_id} what one held before
                                // POST /v1/ingest/changes/{version_id}/restore
        api.MapUsage();         // GET  /v1/usage              sums by any dimension, and up to where they are complete
        api.MapSessions();      // GET  /v1/sessions           sessions, the last activity first
                                // GET  /v1/session            one of a device, with its vitals
        api.MapWindows();       // GET  /v1/windows            rate-limit windows, the newest first
        api.MapAttempts();      // GET  /v1/ingest/attempts    every attempt and what became of it
        api.MapQuarantine();    // GET  /v1/ingest/quarantine  bad rows that were put aside
                                // POST /v1/ingest/quarantine/replay, /discard
        api.MapEnrolments();    // GET  /v1/enrolments         codes for devices; POST, DELETE /{enrolment_id}
        api.MapInvites();       // GET  /v1/invites            invites of people; POST, DELETE /{invite_id}
        api.MapAudit();         // GET  /v1/audit              who did what
        api.MapDevices();       // GET  /v1/devices            devices and how each is doing; /{device_id} one, PATCH to rename
                                // POST /v1/devices/{device_id}/pause, /resume, /revoke
                                // GET  /v1/devices/{device_id}/contents, DELETE /v1/devices/{device_id}
        api.MapWorkspace();     // GET  /v1/workspace          the workspace of the key; PATCH to rename
        api.MapMembers();       // GET  /v1/members            its people; POST to add one; /{user_id} one, PATCH, DELETE
        api.MapKeys();          // GET  /v1/keys               keys and who uses them; POST to make one; /{key_id} one, PATCH
                                // POST /v1/keys/import, /v1/keys/{key_id}/rotate, /revoke
        api.MapMerging();       // GET  /v1/devices/duplicates devices that may be one under two ids
                                // GET, POST, DELETE /v1/devices/{device_id}/merge: preview, decide, undo
                                // POST, DELETE /v1/devices/{device_id}/distinct: they are two
        api.MapWhoAmI();        // GET  /v1/whoami             whose key this is
        api.MapPricing();       // GET  /v1/pricing/active     404 until price lists exist

        var open = app.MapGroup("/v1").RequireHttps(settings.AllowPlainHttp, isBodySecret: true).RequireReady().TakeCode().CanRefuse(ProblemCode.Internal);
        open.MapEnroll();       // POST /v1/enroll             a device's code for its key
        open.MapAccept();       // POST /v1/invites/accept     an invite's token for a membership

        var pages = app.MapGroup("").AsPages().RequireHttps(settings.AllowPlainHttp, isBodySecret: true).RequireReady().RequireSession().LimitRate();
        pages.MapSyncHealth();  // GET  /                      the fleet, and what keeps devices from syncing
        pages.MapDevicePage();  // GET  /devices/{device_id}   what is wrong with it and what to do; POST …/rewind, pause, resume, changes/…/restore
        pages.MapUsagePage();   // GET  /usage                 what was used, and what it cost
        pages.MapConnect();     // GET, POST /connect          a code for a device; /connect/{enrolment_id} whether it has come
        pages.MapSignOut();     // POST /sign-out              the session ends

        var doors = app.MapGroup("").AsPages().RequireHttps(settings.AllowPlainHttp, isBodySecret: true).RequireReady().RequireVisit();
        doors.MapSignIn();      // GET, POST /sign-in          by a key; /sign-in/link by a link of an operator's
        app.MapPageAssets();    // GET  /assets/{hash}/{name}  styles, script and pictures of the pages
        return app;
    }
}
