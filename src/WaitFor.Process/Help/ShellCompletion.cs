using System.Text;

namespace WaitFor.Process.Help;

/// <summary>Completion scripts for shells. They are static: nothing is asked of a cluster or a database while somebody types.</summary>
/// <param name="program">The program's name.</param>
/// <param name="options">All its options.</param>
/// <param name="words">What may stand first, with what it does; one that ends with a slash is the beginning of a word.</param>
/// <param name="topics">The topics of <c>--help</c>.</param>
public sealed class ShellCompletion(
    string program,
    IReadOnlyList<HelpOption> options,
    IReadOnlyList<(string Word, string About)> words,
    IReadOnlyList<string> topics
)
{
    /// <summary>A command with options of its own: its word, and those.</summary>
    public (string Word, IReadOnlyList<HelpOption> Options)? Command { get; init; }

    /// <summary>The shells.</summary>
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish"];

    /// <summary>The script for what follows the word <c>completion</c>; null where that is no shell.</summary>
    public string? Of(IReadOnlyList<string> arguments) =>
        arguments switch
        {
            ["bash"] => Bash(),
            ["zsh"] => Zsh(),
            ["fish"] => Fish(),
            _ => null,
        };

    /// <summary>What is wrong where <see cref="Of"/> gives nothing.</summary>
    public string Problem(IReadOnlyList<string> arguments) =>
        $"completion {string.Join(' ', arguments)}".TrimEnd()
        + $": one shell is expected; write {program} completion bash, zsh or fish";

    /// <summary>How a script is loaded, shell by shell: the text of the topic <c>completion</c>.</summary>
    public string Loading =>
        $"""
            Completion of commands, options and their values. Load it in the shell that you use:

              bash  source <({program} completion bash)
              zsh   source <({program} completion zsh)
              fish  {program} completion fish | source

            To keep it, put that line into ~/.bashrc, into ~/.zshrc (below "autoload -U compinit && compinit"), or into
            ~/.config/fish/config.fish. The names of objects are not completed: completion contacts no cluster.
            """;

    private string Name => program.Replace('-', '_');

    private HelpOption Help => options.First(option => option.Words.Contains("--help", StringComparer.Ordinal));

    /// <see href="https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion-Builtins.html"/>
    private string Bash()
    {
        var command = Command is var (word, own)
            ? $$"""
                    if [[ $COMP_CWORD -gt 1 && ${COMP_WORDS[1]} == {{word}} ]]; then
                        case $prev in
                {{Cases(own, "            ")}}            esac
                        if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "{{Names(own)}}" -- "$cur"))
                        else COMPREPLY=($(compgen -f -- "$cur"))
                        fi
                        return
                    fi

                """
            : "";
        return $$"""
            # {{program}} completion for bash; load it with: source <({{program}} completion bash)
            _{{Name}}() {
                local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
                # --option=value is three words for bash.
                if [[ $cur == = ]]; then cur=
                elif [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}
                fi
                COMPREPLY=()
            {{command}}    case $prev in
                    {{string.Join('|', Help.Words)}}) COMPREPLY=($(compgen -W "{{string.Join(' ', topics)}}" -- "$cur")); return ;;
            {{Cases(options, "        ")}}        completion) COMPREPLY=($(compgen -W "{{string.Join(' ', Shells)}}" -- "$cur")); return ;;
                esac
                if [[ $cur == -* ]]; then
                    COMPREPLY=($(compgen -W "{{Names(options)}}" -- "$cur"))
                else
                    COMPREPLY=($(compgen -W "{{string.Join(' ', words.Select(word => word.Word))}}" -- "$cur"))
                    if [[ ${COMPREPLY[0]-} == */ ]]; then compopt -o nospace 2>/dev/null || :; fi
                fi
            }
            complete -F _{{Name}} {{program}}
            """;

        static string Names(IEnumerable<HelpOption> several) => string.Join(' ', several.SelectMany(option => option.Words));

        static string Cases(IReadOnlyList<HelpOption> several, string indent)
        {
            var cases = new StringBuilder();
            foreach (var option in several.Where(option => option.Choices.Count > 0))
                Case([option], $"COMPREPLY=($(compgen -W \"{string.Join(' ', option.Choices)}\" -- \"$cur\"))");
            Case(several.Where(option => option.TakesPath), "COMPREPLY=($(compgen -f -- \"$cur\"))");
            Case(several.Where(option => option.Value.Length > 0 && option is { TakesPath: false, Choices.Count: 0 }), ":");
            return cases.ToString();

            void Case(IEnumerable<HelpOption> alike, string reply)
            {
                var names = string.Join('|', alike.SelectMany(option => option.Words));
                if (names.Length > 0)
                    cases.Append($"{indent}{names}) {reply}; return ;;\n");
            }
        }
    }

    /// <see href="https://zsh.sourceforge.io/Doc/Release/Completion-System.html"/>
    private string Zsh()
    {
        // A beginning has no blank behind it.
        var begun = words.ToLookup(word => word.Word.EndsWith('/'), word => $"        '{Escaped(word.Word)}:{Escaped(word.About)}'");
        var command = Command is var (own, its)
            ? $$"""
                    if [[ $CURRENT -gt 2 && ${words[2]} == {{own}} ]]; then
                        shift words; (( CURRENT-- ))
                        _arguments -s \
                {{Specs(its)}}        '*:FILE:_files'
                        return
                    fi

                """
            : "";
        return $$"""
            #compdef {{program}}
            # {{program}} completion for zsh; load it with: source <({{program}} completion zsh)
            _{{Name}}_words() {
                local -a commands beginnings
                commands=(
            {{string.Join('\n', begun[false])}}
                )
                beginnings=(
            {{string.Join('\n', begun[true])}}
                )
                if [[ ${words[CURRENT-1]} == completion ]]; then
                    compadd {{string.Join(' ', Shells)}}
                else
                    _describe -t commands command commands
                    _describe -t beginnings target beginnings -S ''
                fi
            }
            _{{Name}}() {
            {{command}}    _arguments -s \
            {{Specs(options)}}        '*::word:_{{Name}}_words'
            }
            compdef _{{Name}} {{program}}
            """;
    }

    private string Specs(IReadOnlyList<HelpOption> several)
    {
        var specs = new StringBuilder();
        foreach (var option in several)
        {
            var action =
                option == Help ? $"::topic:({string.Join(' ', topics)})"
                : option.Value.Length == 0 ? ""
                : $":{Escaped(option.Value)}:"
                    + (option.TakesPath ? "_files" : option.Choices.Count > 0 ? $"({string.Join(' ', option.Choices)})" : " ");
            foreach (var word in option.Words)
            {
                // "*": an option may be repeated; which ones may not, the program says.
                var name = word.StartsWith("--", StringComparison.Ordinal) && option.Value.Length > 0 ? word + "=" : word;
                specs.Append($"        '*{name}[{Escaped(option.Text)}]{action}' \\\n");
            }
        }

        return specs.ToString();
    }

    /// <see href="https://fishshell.com/docs/current/cmds/complete.html"/>
    private string Fish()
    {
        var script = new StringBuilder()
            .AppendLine($"# {program} completion for fish; load it with: {program} completion fish | source")
            .AppendLine($"complete -c {program} -f");
        foreach (var (first, about) in words)
            script.AppendLine($"complete -c {program} -n __fish_use_subcommand -a '{first}' -d '{Quoted(about)}'");
        script.AppendLine($"complete -c {program} -n '__fish_seen_subcommand_from completion' -a '{string.Join(' ', Shells)}'");
        script.AppendLine($"complete -c {program} -n '__fish_prev_arg_in {string.Join(' ', Help.Words)}' -a '{string.Join(' ', topics)}'");
        if (Command is var (own, its))
        {
            Options(options, $" -n 'not __fish_seen_subcommand_from {own}'");
            Options(its, $" -n '__fish_seen_subcommand_from {own}'");
            script.AppendLine($"complete -c {program} -n '__fish_seen_subcommand_from {own}' -F");
        }
        else
        {
            Options(options, "");
        }

        return script.ToString().TrimEnd();

        void Options(IReadOnlyList<HelpOption> several, string condition)
        {
            foreach (var option in several)
                Option(option, condition);
        }

        void Option(HelpOption option, string condition)
        {
            script.Append($"complete -c {program}{condition}");
            foreach (var word in option.Words)
                script.Append(word.StartsWith("--", StringComparison.Ordinal) ? $" -l {word[2..]}" : $" -s {word[1..]}");
            if (option == Help)
                script.Append($" -a '{string.Join(' ', topics)}'");
            else if (option.TakesPath)
                script.Append(" -r -F");
            else if (option.Value.Length > 0)
                script.Append(" -x").Append(option.Choices.Count > 0 ? $" -a '{string.Join(' ', option.Choices)}'" : "");
            script.AppendLine($" -d '{Quoted(option.Text)}'");
        }
    }

    /// <summary>A text within single quotes, where colons and brackets mean something to zsh.</summary>
    private static string Escaped(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("'", "'\\''", StringComparison.Ordinal)
            .Replace(":", "\\:", StringComparison.Ordinal)
            .Replace("[", "\\[", StringComparison.Ordinal)
            .Replace("]", "\\]", StringComparison.Ordinal);

    /// <summary>A text within single quotes for fish.</summary>
    private static string Quoted(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal);
}
