namespace WaitFor.Verdicts;

/// <summary>Numbers in words, as all sentences write them.</summary>
public static class Words
{
    /// <summary>A duration for people: <c>17 s</c>, <c>3 m 20 s</c>, <c>2 h 5 m</c>, <c>4 d 1 h</c>; below one second <c>0 s</c>.</summary>
    public static string Duration(TimeSpan duration) =>
        duration switch
        {
            // Clocks differ.
            { Ticks: <= 0 } => "0 s",
            { TotalMinutes: < 1 } => $"{(int)duration.TotalSeconds} s",
            { TotalHours: < 1 } => Two((int)duration.TotalMinutes, "m", duration.Seconds, "s"),
            { TotalDays: < 1 } => Two((int)duration.TotalHours, "h", duration.Minutes, "m"),
            _ => Two((int)duration.TotalDays, "d", duration.Hours, "h"),
        };

    /// <summary>How long ago something was, in one unit: <c>45 s ago</c>, <c>3 m ago</c>, <c>5 h ago</c>, <c>12 d ago</c>. Clocks that
    /// differ give <c>0 s ago</c>.</summary>
    public static string Ago(TimeSpan age) =>
        age switch
        {
            { Ticks: <= 0 } => "0 s ago",
            { TotalSeconds: < 100 } => $"{(int)age.TotalSeconds} s ago",
            { TotalMinutes: < 100 } => $"{(int)age.TotalMinutes} m ago",
            { TotalHours: < 48 } => $"{(int)age.TotalHours} h ago",
            _ => $"{(int)age.TotalDays} d ago",
        };

    /// <summary><c>1 restart</c>, <c>2 restarts</c>.</summary>
    public static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";

    private static string Two(int large, string largeUnit, int small, string smallUnit) =>
        small == 0 ? $"{large} {largeUnit}" : $"{large} {largeUnit} {small} {smallUnit}";
}
