namespace WaitFor.CommandLine;

/// <summary>The words of k8s-wait-for's form as its script hands them to kubectl: its shell takes those behind the first two apart at
/// blanks. So <c>-n shop</c> may be one argument, and an empty one counts for nothing.</summary>
internal static class PeerWords
{
    private static readonly string[] Selectors = ["-l", "-Al", "--selector", "--field-selector"];
    private static readonly string[] Namespace = ["-n", "--namespace"];

    /// <summary>Takes the arguments apart at blanks; those of another form stay as they are.</summary>
    /// <param name="arguments">The arguments as they were given.</param>
    public static IReadOnlyList<string> Split(IReadOnlyList<string> arguments)
    {
        if (arguments is not [var verb, ..] || !TargetParser.IsVerb(verb.Trim()))
            return arguments;
        var words = new List<string> { verb.Trim() };
        foreach (var argument in arguments.Skip(1))
        {
            var option = words[^1];
            if (words.Count == 1 && string.IsNullOrWhiteSpace(argument))
                // A name that a template left empty: without it, all objects of the kind would be meant.
                words.Add("");
            else if (!TakesNextWord(option))
                Parts(argument).ForEach(part => Add(words, part));
            else if (Namespace.Contains(option, StringComparer.Ordinal))
                Parts(argument).ForEach(part => words.AddRange(AtBlanks(part)));
            else if (Selectors.Contains(option, StringComparer.Ordinal) && Parts(argument) is [var selector, .. var rest])
            {
                words.Add(selector);
                rest.ForEach(part => Add(words, part));
            }
            else
            {
                // A path or a name of the kubeconfig, which may hold blanks.
                words.Add(argument.Trim());
            }
        }

        return words;
    }

    /// <summary>Takes an argument apart where an option begins behind a blank.</summary>
    private static List<string> Parts(string argument)
    {
        var (parts, begin) = (new List<string>(), 0);
        for (var at = 1; at < argument.Length; at++)
        {
            if (argument[at] != '-' || !char.IsWhiteSpace(argument[at - 1]))
                continue;
            parts.Add(argument[begin..at].Trim());
            begin = at;
        }

        return [.. parts, argument[begin..].Trim()];
    }

    private static void Add(List<string> words, string part)
    {
        var blank = part.AsSpan().IndexOfAny(" \t\r\n");
        var name = blank < 0 ? part : part[..blank];
        if (!part.StartsWith('-'))
            words.AddRange(AtBlanks(part));
        else if (blank < 0 || !TakesNextWord(name) && name.Length > 2 && (name[1] != '-' || name.Contains('=', StringComparison.Ordinal)))
            // The value of the same word, such as a selector.
            words.Add(part);
        else if (TakesNextWord(name) && !Namespace.Contains(name, StringComparer.Ordinal))
            words.AddRange([name, part[blank..].Trim()]);
        else
            words.AddRange(AtBlanks(part));
    }

    private static string[] AtBlanks(string part) => part.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>True for an option whose value is the next word.</summary>
    private static bool TakesNextWord(string word) =>
        word is ['-', '-', not '=', ..] && !word.Contains('=', StringComparison.Ordinal) && !WaitForForms.TakesNoValue(word)
        || word is ['-', not '-'] && !WaitForForms.TakesNoValue(word)
        || word == "-Al";
}
