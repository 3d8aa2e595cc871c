namespace WaitFor.CommandLine;

/// <summary>The command line in our form, and what had to be said about it.</summary>
/// <param name="Arguments">Arguments for the parser.</param>
/// <param name="Notes">Lines for the log: what was accepted and does nothing here.</param>
/// <param name="Problem">What cannot be rewritten, and why; null when all can.</param>
internal sealed record Rewritten(IReadOnlyList<string> Arguments, IReadOnlyList<string> Notes, string? Problem);

/// <summary>The pure step in front of the parser: turns the forms of k8s-wait-for and of kubectl's own arguments into ours.</summary>
internal static class WaitForForms
{
    /// <summary>Short options whose value may follow in the same word, as with kubectl: <c>-lapp=db</c>, <c>-nshop</c>,
    /// <c>-ojson</c>.</summary>
    private const string ShortWithValue = "lno";

    /// <summary>Options without a value, and what they are called when one is given all the same: <c>-v=6</c>,
    /// <c>--all-namespaces=true</c>.</summary>
    private static readonly string[] Flags = ["-v", "--verbose", "-A", "--all-namespaces", "-h", "--help", "--version"];

    /// <summary>Options of kubectl that people bring along, and what takes their place here.</summary>
    private static readonly Dictionary<string, string> Instead = new(StringComparer.Ordinal)
    {
        ["--for"] = "what to wait for follows from the kind: job means Complete, pod means Ready, service means ready endpoints",
        ["--field-selector"] = "name the object (KIND/NAME), or use --selector",
        ["--all"] = "use a selector",
        ["--ignore-not-found"] = "leave it out: a missing target is waited for (see --on-missing)",
        ["--v"] = "use -v",
        ["-f"] = "name the objects (KIND/NAME), or use --selector",
        ["--filename"] = "name the objects (KIND/NAME), or use --selector",
        ["-s"] = "put the server into a kubeconfig and use --kubeconfig",
        ["--server"] = "put the server into a kubeconfig and use --kubeconfig",
        ["--token"] = "put the token into a kubeconfig and use --kubeconfig",
        ["--user"] = "choose a context with --context",
        ["--cluster"] = "choose a context with --context",
        ["--as"] = "impersonation is not supported; use the identity's own kubeconfig",
        ["--insecure-skip-tls-verify"] = "set it in the kubeconfig's cluster",
        ["--certificate-authority"] = "set it in the kubeconfig's cluster",
    };

    /// <summary>Rewrites the arguments.</summary>
    public static Rewritten Rewrite(IReadOnlyList<string> arguments)
    {
        var rewritten = new List<string>();
        var notes = new List<string>();
        string? problem = null;
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument == "--")
            {
                rewritten.AddRange(arguments.Skip(i));
                break;
            }

            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && Flags.Contains(argument[..equals], StringComparer.Ordinal))
            {
                // kubectl's -v takes a level.
                var (flag, value) = (argument[..equals], argument[(equals + 1)..]);
                if (value is "true" || (flag is "-v" or "--verbose" && value.Length == 1 && value[0] is >= '1' and <= '9'))
                    rewritten.Add(flag);
                else if (value is not ("false" or "0"))
                    problem ??= $"{flag} \"{value}\": it takes no value; write {flag}";
            }
            else if (equals > 0 && equals == argument.Length - 1 && argument.StartsWith("--", StringComparison.Ordinal))
            {
                // "--termination-log=" is an empty value, which the parser would miss.
                rewritten.Add(argument[..equals]);
                rewritten.Add("");
            }
            else if (argument is ['-', var letter, not '=', ..] && ShortWithValue.Contains(letter, StringComparison.Ordinal))
            {
                rewritten.Add(argument[..2]);
                rewritten.Add(argument[2..]);
            }
            else if (argument == "--request-timeout" || argument.StartsWith("--request-timeout=", StringComparison.Ordinal))
            {
                // kubectl's limit for one request; a watch outlives it by design.
                if (!argument.Contains('=', StringComparison.Ordinal))
                    i++;
                notes.Add("--request-timeout is accepted and unused: requests have limits of their own, --timeout limits the whole wait");
            }
            else
            {
                rewritten.Add(argument);
            }
        }

        return new Rewritten(rewritten, notes, problem);
    }

    /// <summary>What to use in place of an option of kubectl; null where it is none.</summary>
    public static string? InsteadOf(string option) => Instead.GetValueOrDefault(option.Split('=')[0]);
}
