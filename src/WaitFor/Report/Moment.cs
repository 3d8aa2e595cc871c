using System.Globalization;
using WaitFor.Verdicts;

namespace WaitFor.Report;

/// <summary>Times as the API server writes them (RFC 3339).</summary>
internal static class Moment
{
    /// <summary>The time; the earliest of all where there is none, or it cannot be read.</summary>
    public static DateTimeOffset Of(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : DateTimeOffset.MinValue;

    /// <summary><c>3 m ago</c>; null where there is no time.</summary>
    public static string? Ago(DateTimeOffset now, string? text) =>
        Of(text) is var time && time > DateTimeOffset.MinValue ? Words.Ago(now - time) : null;
}
