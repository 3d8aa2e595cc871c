using WaitFor.Findings;

namespace WaitFor.Lint.Rules;

/// <summary>Names and images that belong to different releases. Only what is written alike is compared: a service and its migrations may
/// be versioned apart.</summary>
internal sealed class VersionMismatch()
    : PatternRule(
        "version-mismatch",
        Level.Error,
        "Job name, gate, migration image and service image do not have the same release",
        "Take all four from one value"
    )
{
    /// <inheritdoc/>
    public override IEnumerable<Finding> Judge(Pattern pattern) =>
        [.. Targets(pattern), .. pattern.Jobs.SelectMany(NameAndImage), .. pattern.Jobs.SelectMany(job => Images(pattern, job))];

    private IEnumerable<Finding> Targets(Pattern pattern)
    {
        foreach (var (gate, target) in Pairing.Missing(pattern))
        {
            if (Pairing.OtherVersion(pattern, gate, target) is { } job)
                yield return Found(
                    gate.Owner.Entry,
                    gate.Place,
                    $"container {gate.Container.Name} waits for Job {target}, and the Job here is {job.Entry.Name}",
                    $"write job/{job.Entry.Name}, or rename the Job: one value must fill both"
                );
        }
    }

    private IEnumerable<Finding> NameAndImage(MigrationJob job)
    {
        if (
            ImageName.VersionOf(job.Name) is { } version
            && ImageName.Parse(job.Container.Image) is { Tag: { Length: > 0 } tag } image
            && !ImageName.Has(job.Name, tag)
            && ImageName.Disagree(version, tag)
            && !PublicTools.Contains(image.Repository)
        )
            yield return Found(
                job.Owner.Entry,
                job.Container.Node["image"] ?? job.Container.Node,
                $"the Job's name says {version}, and its image is {job.Container.Image}",
                $"name the Job after the release that it migrates to: its image's tag is {tag}"
            );
    }

    private IEnumerable<Finding> Images(Pattern pattern, MigrationJob job)
    {
        foreach (var gate in Pairing.GatesOf(pattern, job))
        {
            if (
                gate.Arguments.ExpectedImage is { Length: > 0 } expected
                && Look.IsKnown(expected)
                && job.Owner.Containers.All(container => container.Image != expected && Look.IsKnown(container.Image))
            )
                yield return Found(
                    gate.Owner.Entry,
                    gate.Place,
                    $"--expect-image is {expected}, and no container of {job.Owner.Title} has that image: the gate never opens",
                    $"write --expect-image {job.Container.Image}; both are compared letter by letter"
                );
        }

        if (ImageName.Parse(job.Container.Image) is not { } migration)
            yield break;
        foreach (var owner in Pairing.ServicesOf(pattern, job))
        {
            foreach (var container in owner.ServiceContainers(pattern))
            {
                if (ImageName.Parse(container.Image) is { } service && Differ(migration, service))
                    yield return Found(
                        owner.Entry,
                        container.Node["image"] ?? container.Node,
                        $"container {container.Name} runs {container.Image}, and {job.Owner.Title} migrates with {job.Container.Image}",
                        "give both images the tag of one release"
                    );
            }
        }
    }

    private static bool Differ(ImageName migration, ImageName service)
    {
        if (!migration.BelongsTo(service) || PublicTools.Contains(migration.Repository))
            return false;
        if (migration.Tag.Length > 0 && service.Tag.Length > 0)
            return migration.Repository == service.Repository
                ? PlainNumbers(migration.Tag, service.Tag) || ImageName.Disagree(migration.Tag, service.Tag)
                : ImageName.Disagree(migration.Tag, service.Tag);
        return migration.Repository == service.Repository
            && migration.Digest.Length > 0
            && service.Digest.Length > 0
            && migration.Digest != service.Digest;
    }

    /// <summary>In one repository two build numbers are two builds.</summary>
    private static bool PlainNumbers(string one, string other) =>
        one != other && one.All(char.IsAsciiDigit) && other.All(char.IsAsciiDigit);
}
