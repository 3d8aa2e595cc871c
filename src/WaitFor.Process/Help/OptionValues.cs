using System.CommandLine;
using System.CommandLine.Parsing;

namespace WaitFor.Process.Help;

/// <summary>The values of a program's options: from the command line, else from the environment variable that stands for the option
/// (<c>WAIT_FOR_ON_MISSING</c> for <c>--on-missing</c>).</summary>
/// <param name="options">The options.</param>
/// <param name="parsed">The command line.</param>
/// <param name="prefix">How the program's variables begin, such as <c>WAIT_FOR_</c>.</param>
/// <param name="variable">Reads an environment variable; null where it is not set.</param>
public sealed class OptionValues(OptionSet options, ParseResult parsed, string prefix, Func<string, string?> variable)
{
    /// <summary>The variable that stands for an option.</summary>
    public static string VariableOf(string prefix, Option option) => VariableOf(prefix, option.Name);

    /// <summary>The variable that stands for an option, by the option's long name.</summary>
    public string VariableOf(string option) => VariableOf(prefix, option);

    private static string VariableOf(string prefix, string option) =>
        prefix + option.TrimStart('-').Replace('-', '_').ToUpperInvariant();

    /// <summary>What stands on the command line, several values joined by commas; null where the option does not.</summary>
    public string? Given(string option) => Result(option) is { } result ? string.Join(',', Tokens(result)) : null;

    /// <summary>The value on the command line, which may be empty, else the variable's; an empty variable counts as none.</summary>
    public string? Text(string option) => Given(option) ?? (variable(VariableOf(option)) is { Length: > 0 } value ? value : null);

    /// <summary>As <see cref="Text"/>; an empty variable counts as given.</summary>
    public string? TextOrEmpty(string option) => Given(option) ?? variable(VariableOf(option));

    /// <summary>The values of an option that may be given more than once; in a variable they are separated by commas.</summary>
    public IReadOnlyList<string> Texts(string option) =>
        Result(option) is { } result
            ? Tokens(result)
            : (variable(VariableOf(option)) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Whether an option without a value is on: false as well where its variable cannot be read, which
    /// <see cref="Problem"/> says.</summary>
    public bool Flag(string option) => Result(option) is not null ? IsOn(option) : AsFlag(variable(VariableOf(option))) ?? false;

    /// <summary>Whether an option without a value is on, on the command line alone.</summary>
    public bool IsOn(string option) => parsed.GetValue((Option<bool>)options.Of(option));

    /// <summary>Where a value comes from: the option, or its variable.</summary>
    public string SourceOf(string option) => Result(option) is null ? VariableOf(option) : option;

    /// <summary>One sentence on the first option that is given more than once though it has one value, or whose variable is neither true
    /// nor false; null where there is none.</summary>
    public string? Problem()
    {
        foreach (var option in options.All.Where(option => option.Arity.MaximumNumberOfValues == 1))
        {
            if (parsed.GetResult(option) is { IdentifierTokenCount: > 1 })
                return $"{option.Name} is given more than once; give it once";
            var name = VariableOf(option.Name);
            if (option is Option<bool> && Result(option.Name) is null && variable(name) is { } text && AsFlag(text) is null)
                return $"{name} \"{text}\": write true or false";
        }

        return null;
    }

    private static bool? AsFlag(string? text) =>
        text?.ToLowerInvariant() switch
        {
            null or "" or "false" or "0" => false,
            "true" or "1" => true,
            _ => null,
        };

    private OptionResult? Result(string option) => parsed.GetResult(options.Of(option)) is { Implicit: false } result ? result : null;

    private static string[] Tokens(OptionResult result) => [.. result.Tokens.Select(token => token.Value)];
}
