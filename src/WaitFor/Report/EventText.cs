using WaitFor.Report.Hints;
using WaitFor.Verdicts.State;

namespace WaitFor.Report;

/// <summary>The events of a target as rows of a table: age, reason, object and message.</summary>
internal static class EventText
{
    /// <summary>Stands for a message that was written before.</summary>
    public const string Above = "as above";

    /// <summary>The rows, newest first.</summary>
    public static List<string[]> Rows(TargetFacts facts, Said said, DateTimeOffset now)
    {
        var rows = new List<string[]>();
        List<EventState> events = [.. facts.ShownEvents.Where(item => !IsCondition(facts, item))];
        for (var (start, end) = (0, 0); start < events.Count; start = end)
        {
            var (first, age) = (events[start], Moment.Ago(now, events[start].LastSeen) ?? "");
            end = start + 1;
            while (
                end < events.Count
                && IsRoutine(first, facts)
                && IsRoutine(events[end], facts)
                && (Moment.Ago(now, events[end].LastSeen) ?? "") == age
                && ObjectOf(events[end]) == ObjectOf(first)
            )
                end++;
            rows.Add(
                end > start + 1
                    ?
                    [
                        age,
                        "Normal",
                        $"{ObjectOf(first)}: {string.Join(", ", events[start..end].Select(item => Layout.Clean(item.Reason)))}",
                    ]
                    :
                    [
                        age,
                        Layout.Clean(first.Reason) + (first.Times > 1 ? $" x{first.Times}" : ""),
                        $"{ObjectOf(first)}: {Message(first, said)}",
                    ]
            );
        }

        return rows;
    }

    private static string Message(EventState item, Said said) =>
        said.Has(Quotes.After(item.Message ?? "", "Error creating: ")) ? Above : said.Once(item.Message) ?? "";

    private static string ObjectOf(EventState item) => $"{item.InvolvedObject?.Kind?.ToLowerInvariant()}/{item.InvolvedObject?.Name}";

    /// <summary>True where a condition of the Job says the same: Kubernetes writes both at once.</summary>
    private static bool IsCondition(TargetFacts facts, EventState item) =>
        item is { Times: 1, InvolvedObject.Kind: "Job" }
        && facts
            .Jobs.Where(job => job.Metadata?.Name == item.InvolvedObject.Name)
            .SelectMany(job => job.Status?.Conditions ?? [])
            .Any(condition => condition is { Type: "Failed" } && (condition.Reason, condition.Message) == (item.Reason, item.Message));

    /// <summary>True for a step of an ordinary start, where the pod's own lines show what its message says: several of them share a
    /// line.</summary>
    private static bool IsRoutine(EventState item, TargetFacts facts) =>
        item is { Type: "Normal", Times: 1, InvolvedObject.Kind: "Pod" }
        && facts.Pods.FirstOrDefault(pod => pod.Name == item.InvolvedObject.Name) is { } shown
        && item.Reason switch
        {
            "Scheduled" => shown.State.Spec?.NodeName is { } node && item.Message?.EndsWith($" {node}", StringComparison.Ordinal) == true,
            "Pulled" => item.Message?.Contains("already present", StringComparison.Ordinal) == true,
            "Created" or "Started" => true,
            _ => false,
        };
}
