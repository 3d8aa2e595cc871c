namespace WaitFor.Process.Help;

/// <summary>A topic of <c>--help</c>.</summary>
/// <param name="Name">The word after <c>--help</c>.</param>
/// <param name="About">What it is about, as a clause.</param>
/// <param name="Text">Its text.</param>
public sealed record HelpTopic(string Name, string About, Func<string> Text);

/// <summary>The overview of <c>--help</c>, and the topics behind it.</summary>
/// <param name="overview">The text without the list of topics.</param>
/// <param name="topics">The topics, the most asked for first.</param>
public sealed class HelpPages(string overview, IReadOnlyList<HelpTopic> topics)
{
    private const string WithTopic = "--help=";

    /// <summary>The names of the topics.</summary>
    public IReadOnlyList<string> Topics => [.. topics.Select(topic => topic.Name)];

    /// <summary>The text for a topic, or the overview; null where there is no such topic.</summary>
    public string? Of(string? topic) => topic is null ? Overview : topics.FirstOrDefault(other => other.Name == topic)?.Text();

    /// <summary>What is wrong with a topic that does not exist.</summary>
    public string Problem(string topic) =>
        $"--help {topic}: unknown topic; write one of {string.Join(", ", Topics)}, or --help alone for the overview";

    /// <summary>The arguments with <c>help</c> and <c>version</c> as options where they stand alone, and with the topic of
    /// <c>--help=TOPIC</c> as its own word. What follows <c>--</c> stays as it is.</summary>
    public static IReadOnlyList<string> Plain(IReadOnlyList<string> arguments)
    {
        if (arguments is ["help"] or ["help", [not '-', ..]])
            return ["--help", .. arguments.Skip(1)];
        if (arguments is ["version"])
            return ["--version"];
        var end = arguments.TakeWhile(word => word != "--").Count();
        return [.. arguments.Take(end).SelectMany(Words), .. arguments.Skip(end)];

        static string[] Words(string word) =>
            word.StartsWith(WithTopic, StringComparison.Ordinal) && word[WithTopic.Length..] is { } topic and not ("" or "true" or "false")
                ? ["--help", topic]
                : [word];
    }

    /// <summary>The word after the first <c>--help</c> or <c>-h</c>; null where nothing follows it, or an option.</summary>
    public static string? TopicOf(IReadOnlyList<string> arguments)
    {
        for (var index = 0; index < arguments.Count - 1; index++)
        {
            if (arguments[index] is "--help" or "-h" && !arguments[index + 1].StartsWith('-'))
                return arguments[index + 1];
        }

        return null;
    }

    private string Overview =>
        $"{overview}\n\nTopics, each with --help TOPIC:\n"
        + string.Join('\n', topics.Select(topic => $"  {topic.Name, -13} {topic.About}"));
}
