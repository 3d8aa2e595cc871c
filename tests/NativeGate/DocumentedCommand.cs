using System.Text;
using System.Text.RegularExpressions;

namespace WaitFor.Testing;

/// <summary>A command that a page shows.</summary>
/// <param name="Page">The page, from the repository's root.</param>
/// <param name="Line">The line, counted from 1.</param>
/// <param name="Text">The command as it stands, with its pipes.</param>
/// <param name="InBlock">True: in a block of code; false: in a sentence or a table.</param>
public sealed partial record DocumentedCommand(string Page, int Line, string Text, bool InBlock)
{
    /// <summary>What the words in capitals, and the dots, stand for.</summary>
    private static readonly Dictionary<string, string> Placeholders = new(StringComparer.Ordinal)
    {
        ["V"] = "42",
        ["R"] = "v42",
        ["N"] = "1",
        ["NAME"] = "name",
        ["FILE"] = "file.sql",
        ["FOLDER"] = "folder",
        ["RULE"] = "retries",
        ["TARGET"] = "job/name",
        ["TARGET..."] = "job/name",
        ["COMMAND"] = "true",
        ["TOPIC"] = "exit-codes",
        ["DURATION"] = "5s",
        ["..."] = "",
    };

    /// <summary>The pages with commands for people.</summary>
    public static IReadOnlyList<string> Pages { get; } =
        [
            "README.md",
            "CONTRIBUTING.md",
            "SECURITY.md",
            "CHANGELOG.md",
            "tests/README.md",
            .. Below("docs", SearchOption.TopDirectoryOnly),
            .. Below("examples", SearchOption.AllDirectories),
        ];

    /// <summary>All of them, in the order of the pages.</summary>
    public static IReadOnlyList<DocumentedCommand> All { get; } = [.. Pages.SelectMany(Read)];

    /// <summary>The programs that it starts, each with its words: variables before the program are left out, placeholders are
    /// replaced, and of several forms (<c>bash|zsh</c>) each is one.</summary>
    public IEnumerable<IReadOnlyList<string>> Programs() =>
        from part in Parts(Text)
        from form in Forms(part)
        let words = form.SkipWhile(word => VariablePattern().IsMatch(word)).ToList()
        where words.Count > 0
        select words;

    /// <summary>The options (<c>--name</c>) that sentences and tables of some pages name, each with the page and line.</summary>
    public static IEnumerable<(string Option, string Place)> Options(params string[] pages) =>
        from command in All
        where !command.InBlock && pages.Contains(command.Page, StringComparer.Ordinal)
        let option = OptionPattern().Match(command.Text)
        where option.Success
        select (option.Value, $"{command.Page}:{command.Line}");

    /// <inheritdoc/>
    public override string ToString() => $"{Page}:{Line}: {Text}";

    /// <summary>The words of a command line, without their quotes.</summary>
    public static IReadOnlyList<string> Words(string line)
    {
        var words = new List<string>();
        var (word, quote) = ((StringBuilder?)null, '\0');
        foreach (var sign in line)
        {
            if (quote == '\0' && sign is '"' or '\'')
                (quote, word) = (sign, word ?? new StringBuilder());
            else if (sign == quote)
                quote = '\0';
            else if (quote == '\0' && sign == ' ')
            {
                if (word is not null)
                    words.Add(word.ToString());
                word = null;
            }
            else
                (word ??= new StringBuilder()).Append(sign);
        }

        return word is null ? words : [.. words, word.ToString()];
    }

    private static IEnumerable<string> Below(string folder, SearchOption option) =>
        Directory
            .EnumerateFiles(Path.Combine(Repository.Root, folder), "*.md", option)
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Order(StringComparer.Ordinal);

    /// <summary>The parts of a pipe or a list, and what a process substitution runs.</summary>
    private static IEnumerable<string> Parts(string text)
    {
        var quote = '\0';
        var start = 0;
        text = text.Replace("\\|", "|", StringComparison.Ordinal); // as a table has it
        text = SubstitutionPattern().Replace(text, " ; ${command} ; ");
        for (var index = 0; index < text.Length; index++)
        {
            if (quote == '\0' ? text[index] is '"' or '\'' : text[index] == quote)
                quote = quote == '\0' ? text[index] : '\0';
            var length =
                quote != '\0' ? 0
                : text[index..].StartsWith(" | ", StringComparison.Ordinal) || text[index..].StartsWith(" ; ", StringComparison.Ordinal) ? 3
                : text[index..].StartsWith(" && ", StringComparison.Ordinal) ? 4
                : text[index..].StartsWith(" > ", StringComparison.Ordinal) ? -1
                : 0;
            if (length == 0)
                continue;
            yield return text[start..index];
            if (length < 0)
                yield break;
            start = index + length;
        }

        yield return text[start..];
    }

    private static List<List<string>> Forms(string part)
    {
        var forms = new List<List<string>> { new() };
        foreach (var word in Words(part))
        {
            var choices = ChoicePattern().IsMatch(word) ? word.Split('|') : [word];
            forms = [.. forms.SelectMany(form => choices.Select(choice => (List<string>)[.. form, .. Replaced(choice)]))];
        }

        return forms;
    }

    private static IEnumerable<string> Replaced(string word)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal) + 1;
        if (!Placeholders.TryGetValue(word[equals..], out var value))
            return [word];
        return value.Length == 0 && equals == 0 ? [] : [word[..equals] + value];
    }

    private static IEnumerable<DocumentedCommand> Read(string page)
    {
        var fence = (string?)null;
        var (blank, block, commands) = (true, false, false);
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, page));
        for (var index = 0; index < lines.Length; index++)
        {
            var line = lines[index];
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                fence = fence is null ? line.Trim() : null;
                (blank, block) = (false, false);
                continue;
            }

            var indented = fence is null && line.StartsWith("    ", StringComparison.Ordinal) && (blank || block);
            if (fence is "```sh" or "```bash" or "```shell" or "```console")
            {
                if (Command(line) is { Length: > 0 } command)
                    yield return new DocumentedCommand(page, index + 1, command, InBlock: true);
            }
            else if (fence is not null || indented)
            {
                // The first line says what the block is: a command begins with a program's name.
                if (indented && !block)
                    commands = ProgramPattern().IsMatch(line);
                if (indented && commands)
                    yield return new DocumentedCommand(page, index + 1, Command(line), InBlock: true);
                else if (StepPattern().Match(line) is { Success: true } step)
                    yield return new DocumentedCommand(page, index + 1, step.Groups["command"].Value, InBlock: true);
            }
            else
            {
                foreach (Match span in SpanPattern().Matches(line))
                    yield return new DocumentedCommand(page, index + 1, span.Groups["text"].Value, InBlock: false);
            }

            blank = line.Length == 0;
            // A blank line does not end an indented block.
            block = indented || (block && blank);
        }
    }

    /// <summary>The command of a line: what stands behind two blanks, or behind a hash, explains it.</summary>
    private static string Command(string line) => ExplanationPattern().Replace(line.Trim(), "");

    [GeneratedRegex("^--[a-z][a-z-]+")]
    private static partial Regex OptionPattern();

    [GeneratedRegex(@"^[A-Z][A-Z0-9_]*=")]
    private static partial Regex VariablePattern();

    [GeneratedRegex(@"<\((?<command>[^)]*)\)")]
    private static partial Regex SubstitutionPattern();

    [GeneratedRegex(@"^[a-z-]+(\|[a-z-]+)+$")]
    private static partial Regex ChoicePattern();

    [GeneratedRegex(@"^    ([a-z][a-z0-9-]*|(tests|docs|\.)/[^ :]+)( |$)")]
    private static partial Regex ProgramPattern();

    [GeneratedRegex(@"^\s*- (run: )?(?<command>(wait-for|migrate|kubectl|helm|kustomize) .*)$", RegexOptions.ExplicitCapture)]
    private static partial Regex StepPattern();

    [GeneratedRegex(@"(?<!`)`(?<text>[^`]+)`(?!`)")]
    private static partial Regex SpanPattern();

    [GeneratedRegex(@"(^#.*|\s{2,}.*|\s+#.*)$")]
    private static partial Regex ExplanationPattern();
}
