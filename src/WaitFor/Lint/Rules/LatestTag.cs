using WaitFor.Findings;

namespace WaitFor.Lint.Rules;

/// <summary>Images whose tag says nothing, or moves: of the migration, of the gates, and of the services behind them.</summary>
internal sealed class LatestTag : IPatternRule
{
    private const string Latest = "latest-tag";
    private const string NoDigest = "no-digest";

    /// <summary>Tags that name a branch or a channel.</summary>
    private static readonly HashSet<string> Channels = new(StringComparer.OrdinalIgnoreCase)
    {
        "main", "master", "develop", "development", "dev", "edge", "nightly", "stable", "current", "canary", "next", "beta", "alpha",
        "staging", "stage", "prod", "production", "release", "snapshot", "head", "trunk", "lts",
    };

    /// <inheritdoc/>
    public IReadOnlyList<Rule> Rules { get; } =
    [
        new(Latest, Level.Warning, "An image has no tag, or the tag latest", "Write the release's tag"),
        new(NoDigest, Level.Notice, "An image's tag can move, or only this image has no digest", "Pin the image with its digest"),
    ];

    /// <inheritdoc/>
    public IEnumerable<Finding> Judge(Pattern pattern)
    {
        var images = Images(pattern).DistinctBy(item => item.Container.Node).ToList();
        var pinned = images.Find(item => item.Image.Digest.Length > 0);
        foreach (var (owner, container, image) in images)
        {
            if (image.IsLatest)
                yield return Found(
                    Rules[0],
                    owner,
                    container,
                    image.Tag.Length == 0
                        ? $"image {container.Image} has no tag, which means latest: nobody can say which version runs"
                        : $"image {container.Image}: the tag latest moves, so two pods may run two versions",
                    $"write the release's tag: {image.Repository}:v42"
                );
            else if (image.Digest.Length == 0 && Moves(image))
                yield return Found(
                    Rules[1],
                    owner,
                    container,
                    $"image {container.Image}: the tag {image.Tag} moves, so a later pod may run another version",
                    $"write the exact version, or pin it: {image.Repository}:{image.Tag}@sha256:DIGEST"
                );
            else if (image.Digest.Length == 0 && pinned.Container is not null)
                yield return Found(
                    Rules[1],
                    owner,
                    container,
                    $"image {container.Image} has no digest, unlike container {pinned.Container.Name} of {pinned.Owner.Title}",
                    $"pin it too: {image.Repository}:{image.Tag}@sha256:DIGEST"
                );
        }
    }

    private static IEnumerable<(Workload Owner, LintContainer Container, ImageName Image)> Images(Pattern pattern) =>
        from item in pattern
            .Jobs.Select(job => (job.Owner, job.Container))
            .Concat(pattern.Gates.Select(gate => (gate.Owner, gate.Container)))
            .Concat(
                pattern
                    .Jobs.SelectMany(job => Pairing.ServicesOf(pattern, job))
                    .SelectMany(owner => owner.ServiceContainers(pattern).Select(container => (owner, container)))
            )
        let image = ImageName.Parse(item.Item2.Image)
        where image is not null
        select (item.Item1, item.Item2, image);

    /// <summary>Of a tool's image, the major version alone moves: <c>flyway/flyway:10</c>.</summary>
    private static bool Moves(ImageName image) =>
        Channels.Contains(image.Tag) || (PublicTools.Contains(image.Repository) && IsMajor(image.Tag));

    private static Finding Found(Rule rule, Workload owner, LintContainer container, string message, string fix)
    {
        var place = container.Node["image"] ?? container.Node;
        return new Finding(rule.Name, rule.Level, owner.Entry.File, place.Line, place.Column, owner.Entry.Title(), message, fix);
    }

    /// <summary>A number alone, or with a word behind it: 10, v2, 10-alpine.</summary>
    private static bool IsMajor(string tag)
    {
        var number = tag.AsSpan(tag.StartsWith('v') ? 1 : 0);
        var end = number.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? number.Length > 0
            : end > 0 && number[end..] is ['-', .. var word] && word.Length > 0 && !word.ContainsAnyExceptInRange('a', 'z');
    }
}
