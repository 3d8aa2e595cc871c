namespace WaitFor.CommandLine;

/// <summary>What to write in place of a word that is refused, with the words that were given.</summary>
internal static class Instead
{
    private static readonly string[] Programs = ["kubectl", "wait-for", "wait_for.sh", "k8s-wait-for"];

    /// <summary>For the first word, where it is no kind: a program's name, or several words in one; null where nothing is known.</summary>
    /// <param name="words">All words.</param>
    public static string? OfFirst(IReadOnlyList<string> words)
    {
        var first = words[0].Trim();
        if (Programs.Contains(first[(first.LastIndexOf('/') + 1)..], StringComparer.Ordinal))
            return words.Count > 1 ? $"leave it out; write {string.Join(' ', words.Skip(1))}" : "leave it out, and name a target";
        return first.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [var kind, _, ..] parts && TargetParser.IsVerb(kind)
            ? $"write each word as one argument: {string.Join(", ", parts.Select(part => $"\"{part}\""))}"
            : null;
    }

    /// <summary>For a name; null where nothing is known.</summary>
    /// <param name="kind">The kind, as it was written.</param>
    /// <param name="name">What stands for the name.</param>
    public static string? OfName(string kind, string name)
    {
        if (Unfilled(name) is { } unfilled)
            return unfilled;
        if (name is "&&" or "||" or ";" or "|")
            return "there is no shell: leave it out; all targets of one list must be ready";
        if (Unquoted(name) is { } bare)
            return $"write {bare}, without the quotes";
        if (name.Contains('=', StringComparison.Ordinal))
            return $"for a selector write {kind} -l {(name.Contains(' ', StringComparison.Ordinal) ? $"\"{name}\"" : name)}";
        return name.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [_, _, ..] names
            ? $"write {kind} {string.Join(' ', names)}"
            : null;
    }

    /// <summary>For a selector; null where nothing is known.</summary>
    /// <param name="selector">The selector.</param>
    public static string? OfSelector(string selector) =>
        Unfilled(selector) ?? (Unquoted(selector) is { } bare ? $"write {bare}, without the quotes" : null);

    /// <summary>For names and kinds behind a verb: each with its kind; null where they are not several.</summary>
    /// <param name="words">All words, a verb first.</param>
    /// <param name="selector">The selector of the verb; null for none.</param>
    public static string? OfMixed(IReadOnlyList<string> words, string? selector = null)
    {
        var (kind, targets) = (words[0], new List<string>());
        if (selector is not null)
            targets.Add(selector.Contains(' ', StringComparison.Ordinal) ? $"\"{kind}:{selector}\"" : $"{kind}:{selector}");
        foreach (var word in words.Skip(1))
        {
            if (word.AsSpan().IndexOfAny('/', ':') >= 0)
                targets.Add(word);
            else if (TargetParser.IsVerb(word))
                kind = word;
            else if (Names.ProblemOfName(word) is null)
                targets.Add($"{kind}/{word}");
        }

        return targets.Count > 1 ? string.Join(' ', targets) : null;
    }

    /// <summary>What a template, or the kubelet, would have filled in.</summary>
    private static string? Unfilled(string text)
    {
        var begin = text.IndexOf("$(", StringComparison.Ordinal);
        if (begin >= 0 && text.IndexOf(')', begin) is var end && end > begin + 2)
            return $"the container has no variable {text[(begin + 2)..end]}: set it in env, before the variables that use it";
        if (text.Contains("{{", StringComparison.Ordinal))
            return "it is a template that was not rendered; apply what helm template prints";
        return text.Contains('$', StringComparison.Ordinal)
            ? "there is no shell that fills in variables; in a pod's args write $(NAME), with NAME in env"
            : null;
    }

    private static string? Unquoted(string text) =>
        text is [var quote and ('"' or '\''), .. { Length: > 0 } inner, var last] && quote == last ? inner : null;
}
