using System.Buffers;
using System.Globalization;
using System.Text;

namespace WaitFor.Process;

/// <summary>Durations as Go writes them, as kubectl takes them: <c>90s</c>, <c>1h30m</c>, <c>1.5h</c>, <c>0</c>.
/// <see href="https://pkg.go.dev/time#ParseDuration"/></summary>
public static class GoDuration
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    // Longest first: "ms" before "m".
    private static readonly (string Unit, double Milliseconds)[] Units =
    [
        ("ns", 1e-6),
        ("us", 1e-3),
        ("µs", 1e-3),
        ("μs", 1e-3),
        ("ms", 1),
        ("s", 1e3),
        ("m", 60e3),
        ("h", 3600e3),
    ];

    /// <summary>Reads a duration that is not negative.</summary>
    /// <param name="text">The text.</param>
    /// <param name="duration">The duration, 0 s to 100 years.</param>
    /// <param name="reason">Why it is none, and what to write instead; null when it is one.</param>
    public static bool TryParse(string text, out TimeSpan duration, out string? reason)
    {
        duration = TimeSpan.Zero;
        reason = null;
        var rest = text.AsSpan();
        if (rest.StartsWith("-"))
            reason = "it must not be negative";
        else if (rest is "0" or "+0")
            return true;
        else if (rest.Length > 0 && double.TryParse(rest, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _))
            reason = $"the unit is missing; write {text}s for seconds, {text}m for minutes";
        else if (!Sum(rest.TrimStart('+'), out var milliseconds))
            reason = "write a number with a unit (h, m, s, ms), such as 90s or 1h30m";
        else if (milliseconds > TimeSpan.FromDays(36500).TotalMilliseconds)
            reason = "it is longer than 100 years; 0 means no limit";
        else
            // Zero means no limit: what is shorter than a tick is one.
            duration = milliseconds > 0 ? TimeSpan.FromTicks(Math.Max(1, TimeSpan.FromMilliseconds(milliseconds).Ticks)) : TimeSpan.Zero;
        return reason is null;
    }

    /// <summary>Writes a duration as Go does, without empty parts: <c>10m</c>, <c>1h30m</c>, <c>1.5s</c>, <c>250ms</c>,
    /// <c>0s</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration <= TimeSpan.Zero)
            return "0s";
        if (duration < TimeSpan.FromSeconds(1))
            return $"{duration.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture)}ms";
        var text = new StringBuilder();
        if (duration.TotalHours >= 1)
            text.Append((long)duration.TotalHours).Append('h');
        if (duration.Minutes > 0)
            text.Append(duration.Minutes).Append('m');
        var seconds = duration.Seconds + (duration.Milliseconds / 1000m);
        if (seconds > 0)
            text.Append(seconds.ToString("0.###", CultureInfo.InvariantCulture)).Append('s');
        return text.ToString();
    }

    private static bool Sum(ReadOnlySpan<char> rest, out double milliseconds)
    {
        milliseconds = 0;
        if (rest.IsEmpty)
            return false;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            if (
                digits <= 0
                || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            )
                return false;
            rest = rest[digits..];
            var found = false;
            foreach (var (unit, factor) in Units)
            {
                if (!rest.StartsWith(unit, StringComparison.Ordinal))
                    continue;
                milliseconds += number * factor;
                rest = rest[unit.Length..];
                found = true;
                break;
            }

            if (!found)
                return false;
        }

        return true;
    }
}
