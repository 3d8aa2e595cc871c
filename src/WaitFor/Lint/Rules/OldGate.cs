using WaitFor.Findings;
using WaitFor.Lint.Reading;

namespace WaitFor.Lint.Rules;

/// <summary>k8s-wait-for, which <c>wait-for</c> can replace.</summary>
internal sealed class OldGate()
    : PatternRule(
        "old-gate",
        Level.Notice,
        "The gate is k8s-wait-for",
        "Change the image to wait-for; arguments and Role may stay"
    )
{
    private const string Image = "registry.example/wait-for:0.2.0";
    private const string ImageWithShell = "registry.example/wait-for-shell:0.2.0";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Judge(Pattern pattern) =>
        from gate in pattern.Gates.Where(gate => gate.Program == GateProgram.K8sWaitFor).DistinctBy(gate => gate.Container.Node)
        select Found(
            gate.Owner.Entry,
            gate.Container.Node["image"] ?? gate.Container.Node,
            $"container {gate.Container.Name} runs k8s-wait-for, which asks every 2 s, has no time limit, and does not say why a Job "
                + "failed",
            $"""
            arguments and Role may stay; change:
            {string.Join('\n', Change(gate.Container))}
            """
        );

    /// <summary>The container's lines before and after, as a diff.</summary>
    private static IEnumerable<string> Change(LintContainer container)
    {
        var shell = container
            .Command.Concat(container.Args)
            .Any(word => word.Contains("wait_for", StringComparison.Ordinal) && word.Contains(' ', StringComparison.Ordinal));
        yield return $"  - name: {container.Name}";
        yield return $"-   image: {container.Image}";
        yield return $"+   image: {(shell ? ImageWithShell : Image)}";
        if (container.Command.Count > 0)
        {
            // The image's own program: wait-for is that of its image.
            var own = !shell && container.Command is [var program] && Invocation.FileName(program) == "wait_for.sh";
            yield return $"{(own ? '-' : ' ')}   command: [{Words(container.Command)}]";
        }

        if (container.Args.Count > 0)
            yield return $"    args: [{Words(container.Args)}]";
    }

    private static string Words(IReadOnlyList<string> words) => string.Join(", ", words.Select(Quoted));

    private static string Quoted(string word) => IsPlain(word) ? word : $"\"{Escaped(word)}\"";

    private static string Escaped(string word) =>
        word.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);

    private static bool IsPlain(string word) =>
        word.Length > 0
        && (char.IsAsciiLetter(word[0]) || word[0] is '/' or '-')
        && word.All(unit => char.IsAsciiLetterOrDigit(unit) || unit is '_' or '/' or '.' or '=' or '-');
}
