using System.Security.Cryptography.X509Certificates;
using WaitFor.Testing;

namespace WaitFor.Tests.Faults;

/// <summary>All faults of the matrix.</summary>
internal static class FaultCatalogue
{
    /// <summary>Less than the time of grace.</summary>
    private static readonly TimeSpan WithinGrace = TimeSpan.FromSeconds(10);

    private static readonly TestAuthority OtherAuthority = new("another-ca");

    /// <summary>What a server asks for: longer than any pause that the back-off makes of itself so early.</summary>
    public const int RetryAfter = 7;

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("connection refused", (scene, _) => scene.RefuseAsync()) { OnTheWire = true, End = scene => scene.Wire!.Up() },
        new("connection reset", (scene, strike) => scene.ResetAsync(strike)),
        new("stalled, no byte comes", (scene, strike) => scene.StallAsync(strike)) { Pace = Pace.Silence, Not = Silent },
        new("half-open, nothing is read nor sent", (scene, strike) => scene.FreezeAsync(strike)) { Pace = Pace.Silence, OnTheWire = true },
        new("closed cleanly too early", (_, _) => Task.CompletedTask) { Not = Closed },
        Status(410, "Expired", "too old resource version"),
        Status(429, "TooManyRequests", "Too many requests, please try again later.", RetryAfter),
        Status(500, "InternalError", "etcdserver: leader changed"),
        Status(503, "ServiceUnavailable", "apiserver is shutting down", RetryAfter),
        Status(504, "Timeout", "request did not complete within the allotted timeout"),
        Status(504, "Timeout", "request did not complete within the allotted timeout", RetryAfter),
        Status(401, "Unauthorized", "Unauthorized") with
        {
            Lasts = WithinGrace,
        },
        Status(401, "Unauthorized", "Unauthorized") with
        {
            Name = "401 for ever",
            Lasts = null,
        },
        Status(403, "Forbidden", "forbidden: no RBAC policy matched") with
        {
            Lasts = WithinGrace,
        },
        Status(403, "Forbidden", "forbidden: no RBAC policy matched") with
        {
            Name = "403 for ever",
            Lasts = null,
            // What is denied in one way only is read in another one.
            Everywhere = true,
        },
        Another(302),
        Another(299),
        Error(410, "Expired", "too old resource version"),
        Error(429, "TooManyRequests", "try again later", RetryAfter),
        Error(500, "InternalError", "etcd is gone"),
        new("broken JSON", (scene, strike) => Scene.SendAsync(strike, Broken(scene.Subject, strike))) { OwnBody = true, Not = Content },
        new("wrong kind", (scene, strike) => Scene.SendAsync(strike, WrongKind(scene.Subject, strike)))
        {
            OwnBody = true,
            Not = moment => moment == Moment.InLine ? Exclusion.NeedsABody : Content(moment),
        },
        Certificate("certificate expired", authority => authority.Issue("127.0.0.1", TimeSpan.FromHours(-1))),
        Certificate("certificate of another host", authority => authority.Issue("kubernetes.example")),
        Certificate("certificate of another CA", _ => OtherAuthority.Issue("127.0.0.1")),
        Certificate("certificate of another CA for ever", _ => OtherAuthority.Issue("127.0.0.1")) with
        {
            Lasts = null,
        },
        // The server keeps its new certificate, the CA file follows, in time for one more try.
        Certificate("CA rotated", _ => OtherAuthority.Issue("127.0.0.1")) with
        {
            Lasts = TimeSpan.FromSeconds(2),
            End = scene => File.WriteAllText(scene.Gate.AuthorityFile, OtherAuthority.Pem),
        },
    ];

    private static Fault Status(int code, string reason, string message, int? retryAfter = null) =>
        new($"{code}{(retryAfter is null ? "" : " with Retry-After")}", (_, strike) =>
            Answers.Status(code, reason, message, retryAfter)(strike.Context!)
        )
        {
            Pace = retryAfter is null ? Pace.Backoff : Pace.RetryAfter,
            Not = moment => moment is Moment.BeforeList or Moment.AtWatch ? Exclusion.None : Exclusion.StatusIsAHead,
        };

    /// <summary>A status that is no API server's, over a body that would open the gate.</summary>
    private static Fault Another(int code) =>
        Status(code, "", "") with
        {
            Strike = (scene, strike) =>
            {
                strike.Context!.Response.StatusCode = code;
                return Answers.WriteAsync(
                    strike.Context,
                    strike.Moment == Moment.BeforeList
                        ? scene.Subject.MetList(strike.Version)
                        : scene.Subject.MetEvent(strike.Version) + "\n"
                );
            },
        };

    private static Fault Error(int code, string reason, string message, int? retryAfter = null)
    {
        var status = Answers.StatusObject(code, reason, message);
        if (retryAfter is { } seconds)
            status["details"] = new System.Text.Json.Nodes.JsonObject { ["retryAfterSeconds"] = seconds };
        var line = Answers.Event("ERROR", status) + "\n";
        return new($"{code} as an event{(retryAfter is null ? "" : " with retryAfterSeconds")}", (_, strike) =>
            Scene.SendAsync(strike, line)
        )
        {
            Pace = retryAfter is null ? Pace.Backoff : Pace.RetryAfter,
            Not = moment => moment is Moment.AtWatch or Moment.BetweenEvents ? Exclusion.None : Exclusion.EventIsALine,
        };
    }

    private static Fault Certificate(string name, Func<TestAuthority, X509Certificate2> certificate) =>
        new(name, (scene, strike) => scene.ResetAsync(strike, certificate(scene.Gate.Server.Authority)))
        {
            // Other targets are struck as well: a pause of theirs may pass during a try.
            Lasts = TimeSpan.FromSeconds(4),
            End = scene => scene.Gate.Server.Certificate = scene.GoodCertificate,
        };

    private static string Broken(Subject subject, Strike strike) =>
        strike.Moment switch
        {
            Moment.InList => subject.MetList(strike.Version)[..^1] + "]",
            // The rest of a line whose first half was sent.
            Moment.InLine => "\n",
            _ => subject.MetEvent(strike.Version).Replace("\"object\":", "\"object\"", StringComparison.Ordinal) + "\n",
        };

    private static string WrongKind(Subject subject, Strike strike)
    {
        var (right, wrong) = ($"\"kind\":\"{subject.Kind}", "\"kind\":\"Replica");
        return strike.Moment == Moment.InList
            ? subject.MetList(strike.Version).Replace(right, wrong, StringComparison.Ordinal)
            : subject.MetEvent(strike.Version).Replace(right, wrong, StringComparison.Ordinal) + "\n";
    }

    private static Exclusion Silent(Moment moment) => moment == Moment.BetweenListAndWatch ? Exclusion.NeedsARequest : Exclusion.None;

    private static Exclusion Closed(Moment moment) =>
        moment switch
        {
            Moment.InList or Moment.InLine => Exclusion.None,
            Moment.AtWatch or Moment.BetweenEvents => Exclusion.OrdinaryEnd,
            // A server that closes before it answers resets.
            _ => Exclusion.NeedsABody,
        };

    private static Exclusion Content(Moment moment) =>
        moment is Moment.BeforeList or Moment.BetweenListAndWatch ? Exclusion.NeedsABody : Exclusion.None;
}
