using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Ingest.Domain.Envelopes;
using Ingest.Domain.Privacy;
using Ingest.Domain.Validation;
using Ingest.Testing;
using Ingest.Testing.Envelopes;

namespace Ingest.Domain.Tests.Privacy;

public sealed class PrivateTextTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(2_000);

    /// <summary>Where a text stands that looks private, and around it what may stand there.</summary>
    private static readonly string[] Private =
    [
        "/home/ada/src/app", "C:\\Users\\ada\\app", "c:/code/app", "\\\\server\\share\\app", "~/src/app", "file:///srv/git/app", "ada@example.com",
        "/Users/ada/app", "ada.lovelace+ci@mail.example.co.uk",
    ];

    [Theory]
    [InlineData("/home/ada/src/app")]
    [InlineData("/Users/ada/src/app")]
    [InlineData("  /Users/ada/src/app")]
    [InlineData("“/home/ada/src/app”")]
    [InlineData("修正/home/ada/src/app")]
    [InlineData("C:\\Users\\ada\\src")]
    [InlineData("c:/Users/ada/src")]
    [InlineData("\\\\server\\share\\repo")]
    [InlineData("\\\\wsl$\\Debian\\home\\ada")]
    [InlineData("\\\\?\\C:\\Users\\ada")]
    [InlineData("~/src/app")]
    [InlineData("~\\src\\app")]
    [InlineData("file:///srv/git/app")]
    [InlineData("FILE:/srv/git/app")]
    [InlineData("server.example.com:/home/ada/app.git")]
    [InlineData("see (/home/ada/notes.txt)")]
    [InlineData("cd ~/src && make")]
    [InlineData("Fix 'C:\\Users\\Ada Lovelace\\app' on Windows")]
    [InlineData("root=/var/lib/app")]
    [InlineData("/home/ada/ada@example.com")]
    [InlineData("ada@example.com in /home/ada")]
    public void These_look_like_paths(string text)
    {
        PrivateText.KindOf(text).ShouldBe(PrivateKind.Path);
        PrivateText.KindOf(text, isSentence: true).ShouldBe(PrivateKind.Path);
    }

    [Theory]
    [InlineData("/data/git/app")]
    [InlineData("/app")]
    [InlineData("//server/share")]
    public void A_word_that_begins_with_a_slash_is_a_path_and_in_a_sentence_it_need_not_be(string text)
    {
        PrivateText.KindOf(text).ShouldBe(PrivateKind.Path);
        PrivateText.KindOf(text, isSentence: true).ShouldBe(PrivateKind.None);
    }

    [Theory]
    [InlineData("ada@example.com")]
    [InlineData("Ask ada.lovelace+ci@mail.example.co.uk.")]
    [InlineData("<ada@example.com>")]
    [InlineData("1234+ada@users.noreply.github.com")]
    [InlineData("https://ada@bitbucket.example.org/team/app")]
    [InlineData("ada@git.example.com:team/app")]
    [InlineData("josé@exämple.de")]
    [InlineData("ada@example.xn--p1ai")]
    public void These_look_like_addresses(string text)
    {
        PrivateText.KindOf(text).ShouldBe(PrivateKind.Email);
        PrivateText.KindOf(text, isSentence: true).ShouldBe(PrivateKind.Email);
    }

    [Theory]
    [InlineData("")]
    [InlineData("(untagged)")]
    [InlineData("github.com/acme/app")]
    [InlineData("git.example.com:8443/home/app")]
    [InlineData("git.sr.ht/~ada/app")]
    [InlineData("git@github.com:acme/app")]
    [InlineData("ssh://git@github.com/acme/app.git")]
    [InlineData("https://github.com/home/app")]
    [InlineData("s3://bucket/home/app")]
    [InlineData("feature/x")]
    [InlineData("user/ada/fix")]
    [InlineData("users\\ada\\fix")]
    [InlineData("feature/home/screen")]
    [InlineData("dependabot/npm_and_yarn/types/react-18.2.0")]
    [InlineData("renovate/react@18.2.0")]
    [InlineData("anthropic/claude-sonnet-4")]
    [InlineData("claude-3-5-sonnet-v2@20241022")]
    [InlineData("us.anthropic.claude-sonnet-4-20250514-v1:0")]
    [InlineData("models/gemini-2.5-pro")]
    [InlineData("@acme/app")]
    [InlineData("ada@localhost")]
    [InlineData("profile:/x")]
    [InlineData("./home/ada")]
    [InlineData("../etc/x")]
    [InlineData("and/or")]
    public void These_are_left_alone(string text)
    {
        PrivateText.KindOf(text).ShouldBe(PrivateKind.None);
        PrivateText.KindOf(text, isSentence: true).ShouldBe(PrivateKind.None);
    }

    [Theory]
    [InlineData("/compact")]
    [InlineData("/review the code")]
    [InlineData("Add GET /v1/ingest/status")]
    [InlineData("Open /home, then the list")]
    [InlineData("Match \\\\d+ and \\\\w+\\\\s")]
    [InlineData("2>/dev/null")]
    [InlineData("Compare src/a and src/b @ main")]
    public void Sentences_speak_of_commands_and_addresses_of_an_api(string text) => PrivateText.KindOf(text, isSentence: true).ShouldBe(PrivateKind.None);

    [Fact]
    public void What_is_stored_instead_is_the_same_each_time_is_another_for_another_text_and_looks_like_nothing() =>
        Prop.ForAll(Texts.Any(20).Two().ToArbitrary(), Gen.Elements(Private).Two().ToArbitrary(), (around, found) =>
        {
            var (one, other) = (found.Item1 + around.Item1, found.Item2 + around.Item2);
            var (kind, otherKind) = (PrivateText.KindOf(one), PrivateText.KindOf(other));
            if (kind == PrivateKind.None || otherKind == PrivateKind.None) return true;
            var redacted = PrivateText.RedactKey(kind, one);
            PrivateText.RedactKey(kind, new string(one)).ShouldBe(redacted);
            (PrivateText.RedactKey(otherKind, other) == redacted).ShouldBe(one == other);
            PrivateText.KindOf(redacted).ShouldBe(PrivateKind.None);
            KeyText.Fit(redacted, EnvelopeLimits.Role).ShouldBeSameAs(redacted);
            redacted.ShouldMatch("^redacted:(path|email):[A-Za-z0-9_-]{22}$");
            return true;
        }).Check(Thorough);

    [Fact]
    public void A_text_is_stored_as_sent_or_redacted_and_nothing_else() =>
        Prop.ForAll(Texts.Any(40).ToArbitrary(), Gen.Elements(["", .. Private]).ToArbitrary(), (around, found) =>
        {
            var text = around + found;
            var kind = PrivateText.KindOf(text);
            var row = Parsing.AnEnvelope().Rollup(Parsing.Day, row => row.Raw("repo_id", Json(text)).Raw("ticket", Json(text))).Accept().OnlyRollup();
            var stored = kind == PrivateKind.None ? text : PrivateText.RedactKey(kind, text);
            return (row.Key.RepoId, row.Ticket) == (stored, KeyText.Fit(stored, EnvelopeLimits.Ticket));
        }).Check(Thorough);

    [Fact]
    public void Every_text_field_goes_by_the_same_rule()
    {
        foreach (var text in Private)
        {
            var json = Json(text);
            var kind = PrivateText.KindOf(text);
            var (key, plain) = (PrivateText.RedactKey(kind, text), PrivateText.Redact(kind));
            var envelope = Parsing.AnEnvelope().Label(text)
                .Rollup(Parsing.Day, row => Set(row, "role", "provider", "model", "repo_id", "git_branch", "surface", "ticket"))
                .Session("s", row => Set(row, "session_id", "provider", "repo_id", "git_branch", "surface", "ticket", "primary_model", "title"))
                .Window(EnvelopeBuilder.DefaultSyncedAt, row => Set(row, "provider", "surface"))
                .Accept();

            var rollup = envelope.OnlyRollup();
            rollup.Key.ShouldBe(new RollupKey(Parsing.Day, key, key, key, key, key, key));
            rollup.Ticket.ShouldBe(key);
            var session = envelope.Sessions.ShouldHaveSingleItem();
            new[] { session.SessionId, session.Provider, session.RepoId.Value, session.GitBranch.Value, session.Surface.Value, session.Ticket.Value, session.PrimaryModel.Value }
                .ShouldAllBe(stored => stored == key);
            session.Title.Value.ShouldBe(plain);
            var window = envelope.Windows.ShouldHaveSingleItem();
            (window.Key.Provider, window.Surface).ShouldBe((key, key));
            envelope.Label.Value.ShouldBe(plain);

            TRow Set<TRow>(RowBuilder<TRow> row, params ReadOnlySpan<string> fields)
                where TRow : RowBuilder<TRow>
            {
                foreach (var field in fields) row.Raw(field, json);
                return (TRow)row;
            }
        }
    }

    [Fact]
    public void Two_rows_that_differ_only_in_their_folders_stay_two()
    {
        var envelope = Parsing.AnEnvelope().Rollup(Parsing.Day, row => row.Raw("repo_id", "\"/srv/a\"")).Rollup(Parsing.Day, row => row.Raw("repo_id", "\"/srv/b\"")).Accept();

        envelope.RollupCount.ShouldBe(2);
        envelope.Rejected.ShouldBeEmpty();
    }

    [Fact]
    public void In_quarantine_a_row_keeps_its_place_in_the_day_and_none_of_what_was_hidden()
    {
        foreach (var text in Private)
        {
            var body = Parsing.AnEnvelope().Label(text)
                .Rollup(Parsing.Day, row => row.Raw("repo_id", Json(text)))
                .Session("s", row => row.Raw("title", Json(text))).ToBytes();
            var envelope = EnvelopeParser.Parse(body, FreeTextPolicy.Quarantine).ShouldBeOfType<ParsedEnvelope.Accepted>().Envelope;

            envelope.UsableRows.ShouldBe(0);
            envelope.Rejected.Count.ShouldBe(2);
            envelope.Rejected.SelectMany(row => row.Issues).ShouldAllBe(issue => issue.Code == IssueCodes.PrivateText);
            envelope.Rejected[0].Key!.Value.RepoId.ShouldBe(PrivateText.RedactKey(PrivateText.KindOf(text), text));
            envelope.Label.Value.ShouldNotBeNull().ShouldStartWith(PrivateText.Mark);
            foreach (var row in envelope.Rejected)
            {
                ShouldHide(row, text);
                var replayed = EnvelopeParser.ParseRow(row.Kind, row.Raw.Span, Parsing.Workspace, "d", 2, EnvelopeBuilder.DefaultSyncedAt, FreeTextPolicy.Quarantine);
                replayed.UsableRows.ShouldBe(1);
                replayed.UsableRowNames().ShouldHaveSingleItem().ShouldBe(row.QuarantineId);
            }
        }
    }

    [Fact]
    public void A_row_that_is_rejected_for_another_reason_hides_them_too()
    {
        foreach (var text in Private)
        {
            foreach (var json in new[] { Json(text), Escaped(text), Json(text)[..^1] + "\\ud800\"" })
            {
                var row = Parsing.AnEnvelope()
                    .Rollup(Parsing.Day, row => row.Raw("message_count", "-1").Raw("repo_id", json).Raw("bucket_day", json).Raw("input_tokens", json)).Accept()
                    .Rejected.ShouldHaveSingleItem();
                ShouldHide(row, text);
            }
        }
    }

    [Fact]
    public void Kept_is_kept_whole()
    {
        var body = Parsing.AnEnvelope().Label(Private[0]).Rollup(Parsing.Day, row => row.Raw("repo_id", Json(Private[0])))
            .Rollup(Parsing.Day, row => row.Raw("model", Json(Private[6])).Raw("message_count", "-1")).ToBytes();
        var envelope = EnvelopeParser.Parse(body, FreeTextPolicy.Keep).ShouldBeOfType<ParsedEnvelope.Accepted>().Envelope;

        envelope.Label.Value.ShouldBe(Private[0]);
        envelope.Days[0].Rows.Span[0].Key.RepoId.ShouldBe(Private[0]);
        Encoding.UTF8.GetString(envelope.Rejected.ShouldHaveSingleItem().Raw.Span).ShouldContain(Private[6]);
    }

    [Fact]
    public void Nothing_in_the_samples_looks_private()
    {
        foreach (var sample in Repository.Samples())
        {
            var body = File.ReadAllBytes(sample);
            var (redacted, kept) = (Accepted(FreeTextPolicy.Redact), Accepted(FreeTextPolicy.Keep));
            redacted.PayloadHash.ShouldBe(kept.PayloadHash, sample);
            redacted.Sessions.ShouldBe(kept.Sessions);
            redacted.Label.ShouldBe(kept.Label);

            Envelope Accepted(FreeTextPolicy policy) => EnvelopeParser.Parse(body, policy).ShouldBeOfType<ParsedEnvelope.Accepted>().Envelope;
        }
    }

    private static void ShouldHide(RejectedRow row, string text)
    {
        var raw = Encoding.UTF8.GetString(row.Raw.Span);
        raw.ShouldContain(PrivateText.Mark);
        raw.ShouldNotContain("ada");
        raw.ShouldNotContain("app\"");
        row.Issues.ShouldAllBe(issue => !issue.Message.Contains(text) && !issue.Path.Contains(text));
    }

    private static string Json(string text) => JsonSerializer.Serialize(text);

    private static string Escaped(string text) => $"\"{string.Concat(text.Select(character => $"\\u{(int)character:x4}"))}\"";
}
