using System.CommandLine;
using System.CommandLine.Parsing;
using WaitFor.Findings;
using WaitFor.Process;
using WaitFor.Process.Help;

namespace WaitFor.CommandLine;

/// <summary>What <c>wait-for lint</c> is asked for, checked.</summary>
internal sealed record LintOptions
{
    /// <summary>Files, folders, or <c>-</c>.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>True: folders are read with those below them.</summary>
    public bool Recursive { get; init; }

    /// <summary>How findings are written.</summary>
    public FindingsFormat Format { get; init; }

    /// <summary>The file that they are written to, while the standard output has them as text; null for none.</summary>
    public string? Report { get; init; }

    /// <summary>The rules whose findings are left out.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>True: warnings fail too.</summary>
    public bool Strict { get; init; }

    /// <summary>The rule that is explained, in place of everything else; null for none.</summary>
    public string? Explain { get; init; }
}

/// <summary>The options of <c>wait-for lint</c>.</summary>
internal sealed class LintCommand
{
    private readonly Argument<string[]> _words = new("FILE") { Arity = ArgumentArity.ZeroOrMore };
    private readonly OptionSet _options = new(LintHelp.Options);
    private readonly ParseResult _parsed;
    private readonly IReadOnlyList<Rule> _rules;

    /// <summary>Parses the arguments; refuses nothing yet.</summary>
    /// <param name="arguments">The arguments behind <c>lint</c>.</param>
    /// <param name="rules">Every rule that there is.</param>
    public LintCommand(IReadOnlyList<string> arguments, IReadOnlyList<Rule> rules)
    {
        _rules = rules;
        var command = new Command("lint") { _words };
        foreach (var option in Options)
            command.Add(option);
        _parsed = CommandLineParser.Parse(command, arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
    }

    /// <summary>All options, in the order of the help.</summary>
    internal IEnumerable<Option> Options => _options.All;

    /// <summary>True when help was asked for.</summary>
    public bool Help => Value<bool>("--help");

    /// <summary>Reads and checks everything.</summary>
    /// <exception cref="UsageException">A word, an option or a value is wrong.</exception>
    public LintOptions Read()
    {
        RefuseUnknown();
        if (Value<string>("--explain") is { } rule)
            return new LintOptions { Explain = Rule("--explain", rule) };
        // A shell expands -f k8s/*.yaml to more words than one.
        var files = (Value<string[]>("--filename") ?? []).Concat(_parsed.GetValue(_words) ?? []).ToList();
        if (files.Count == 0)
            throw new UsageException("lint: no manifests; write -f FILE, -f FOLDER, or -f - for the standard input");
        if (files.Contains(""))
            throw new UsageException("--filename \"\": write a file, a folder, or - for the standard input");
        if (files.Count(file => file == "-") > 1)
            throw new UsageException("-f - is given more than once; the standard input can be read once");
        return new LintOptions
        {
            Files = files,
            Recursive = Value<bool>("--recursive"),
            Strict = Value<bool>("--strict"),
            Report = Value<string>("--report") switch
            {
                "" => throw new UsageException("--report \"\": write the path of a file"),
                var path => path,
            },
            Allowed =
            [
                .. (Value<string[]>("--allow") ?? [])
                    .SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries))
                    .Select(name => Rule("--allow", name)),
            ],
            Format = Value<string>("--output") switch
            {
                null or "text" => FindingsFormat.Text,
                "json" => FindingsFormat.Json,
                "github" => FindingsFormat.Github,
                "sarif" => FindingsFormat.Sarif,
                var other => throw new UsageException($"--output \"{other}\": write text, json, github or sarif"),
            },
        };
    }

    private string Rule(string option, string name) =>
        _rules.Any(rule => rule.Name == name)
            ? name
            : throw new UsageException(
                $"{option} \"{name}\": there is no such rule: "
                    + (
                        Similar.Nearest(name, _rules.Select(rule => rule.Name)) is { } near
                            ? $"write {near}"
                            : $"write one of {string.Join(", ", _rules.Select(rule => rule.Name))}"
                    )
            );

    private void RefuseUnknown()
    {
        if ((_parsed.GetValue(_words) ?? []).FirstOrDefault(word => word is ['-', _, ..]) is { } unknown)
        {
            var name = unknown.Split('=')[0];
            var near = Similar.Nearest(name, Options.Select(option => option.Name));
            throw new UsageException($"unknown option {name}: {(near is null ? "see wait-for lint --help" : $"write {near}")}");
        }

        foreach (var option in Options.Where(option => option.Arity.MaximumNumberOfValues == 1))
        {
            if (_parsed.GetResult(option) is { IdentifierTokenCount: > 1 })
                throw new UsageException($"{option.Name} is given more than once; give it once");
        }

        if (_parsed.Errors is [var error, ..])
            throw new UsageException($"{error.Message.TrimEnd('.')}; see wait-for lint --help");
    }

    private T? Value<T>(string option) => _parsed.GetValue((Option<T>)_options.Of(option));
}
