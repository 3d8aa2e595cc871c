using WaitFor.Findings;

namespace WaitFor.Lint.Rules;

/// <summary>A gate that would end with 2 as soon as it starts: its own parser says why.</summary>
internal sealed class BadArguments : IPatternRule
{
    private static readonly Rule Rule = new(
        "bad-arguments",
        Level.Error,
        "The gate refuses its arguments, so the pod never starts",
        "Correct the arguments as the message says; wait-for --help has all of them"
    );

    /// <inheritdoc/>
    public IReadOnlyList<Rule> Rules { get; } = [Rule];

    /// <inheritdoc/>
    public IEnumerable<Finding> Judge(Pattern pattern)
    {
        foreach (var gate in pattern.Gates)
        {
            if (gate.Problem is not { } problem)
                continue;
            // That program is not ours, and takes what it does not know.
            var peer = gate.Program == GateProgram.K8sWaitFor;
            yield return new Finding(
                Rule.Name,
                peer ? Level.Warning : Rule.Level,
                gate.Owner.Entry.File,
                gate.Place.Line,
                gate.Place.Column,
                gate.Owner.Title,
                $"container {gate.Container.Name}: {problem}",
                peer ? "these arguments are not what k8s-wait-for expects, or wait-for in its place would refuse them" : null
            );
        }
    }
}
