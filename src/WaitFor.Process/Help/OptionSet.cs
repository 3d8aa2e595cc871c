using System.CommandLine;

namespace WaitFor.Process.Help;

/// <summary>The parser's options, made of the rows of a table of help: what help shows is what is read.</summary>
/// <param name="rows">The rows.</param>
public sealed class OptionSet(IEnumerable<HelpOption> rows)
{
    /// <summary>All of them, in their order.</summary>
    public IReadOnlyList<Option> All { get; } = [.. rows.Select(Made)];

    /// <summary>The option of a long name, with its dashes: an <c>Option&lt;bool&gt;</c> where it takes no value, an
    /// <c>Option&lt;string[]&gt;</c> where it can be repeated, else an <c>Option&lt;string&gt;</c>.</summary>
    public Option Of(string name) => All.First(option => option.Name == name);

    private static Option Made(HelpOption row)
    {
        var (name, aliases) = (row.Words[^1], row.Words.SkipLast(1).ToArray());
        return row.Value.Length == 0 ? new Option<bool>(name, aliases)
            : row.Repeatable ? new Option<string[]>(name, aliases)
            : new Option<string>(name, aliases);
    }
}
