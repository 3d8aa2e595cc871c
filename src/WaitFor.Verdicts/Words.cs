namespace WaitFor.Verdicts;

/// <summary>Numbers in words, as all sentences write them.</summary>
public static class Words
{
    /// <summary>A duration as kubectl prints it: <c>17s</c>, <c>2m5s</c>, <c>45m</c>, <c>3h20m</c>, <c>4d1h</c>; below one second
    /// <c>0s</c>. The longer it is, the fewer units it has.
    /// <see href="https://github.com/kubernetes/apimachinery/blob/master/pkg/util/duration/duration.go"/></summary>
    public static string Duration(TimeSpan duration) =>
        duration switch
        {
            // Clocks differ.
            { Ticks: <= 0 } => "0s",
            { TotalMinutes: < 2 } => $"{(int)duration.TotalSeconds}s",
            { TotalMinutes: < 10 } => Two(duration.Minutes, "m", duration.Seconds, "s"),
            { TotalHours: < 3 } => $"{(int)duration.TotalMinutes}m",
            { TotalHours: < 8 } => Two(duration.Hours, "h", duration.Minutes, "m"),
            { TotalHours: < 48 } => $"{(int)duration.TotalHours}h",
            { TotalDays: < 8 } => Two(duration.Days, "d", duration.Hours, "h"),
            _ => $"{duration.Days}d",
        };

    /// <summary>How long ago something was: <c>45s ago</c>, <c>2m5s ago</c>, <c>12d ago</c>. Clocks that differ give
    /// <c>0s ago</c>.</summary>
    public static string Ago(TimeSpan age) => $"{Duration(age)} ago";

    /// <summary><c>1 restart</c>, <c>2 restarts</c>.</summary>
    public static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";

    private static string Two(int large, string largeUnit, int small, string smallUnit) =>
        small == 0 ? $"{large}{largeUnit}" : $"{large}{largeUnit}{small}{smallUnit}";
}
