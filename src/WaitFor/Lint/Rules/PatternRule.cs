using WaitFor.Findings;
using WaitFor.Manifests;

namespace WaitFor.Lint.Rules;

/// <summary>A rule with one name.</summary>
/// <param name="name">Its name.</param>
/// <param name="level">Its usual level.</param>
/// <param name="summary">What it finds.</param>
/// <param name="fix">What to do.</param>
internal abstract class PatternRule(string name, Level level, string summary, string fix) : IPatternRule
{
    /// <inheritdoc/>
    public IReadOnlyList<Rule> Rules { get; } = [new(name, level, summary, fix)];

    /// <inheritdoc/>
    public abstract IEnumerable<Finding> Judge(Pattern pattern);

    /// <summary>A finding of this rule.</summary>
    /// <param name="entry">The object.</param>
    /// <param name="place">The value, or what should have held it.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="remedy">What to do here.</param>
    /// <param name="other">Its level where that is not the usual one.</param>
    protected Finding Found(ManifestEntry entry, ManifestNode place, string message, string remedy, Level? other = null) =>
        new(name, other ?? level, entry.File, place.Line, place.Column, entry.Title(), message, remedy);
}
