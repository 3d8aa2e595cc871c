using WaitFor.CommandLine;
using WaitFor.Migrate.CommandLine;
using WaitFor.Verdicts;

namespace WaitFor.Cluster.Tests.Examples;

/// <summary>The pattern's rules over all that is applied together.</summary>
internal static class StackRules
{
    public static IReadOnlyDictionary<string, Func<IReadOnlyList<ExampleObject>, IEnumerable<string>>> All { get; } =
        new Dictionary<string, Func<IReadOnlyList<ExampleObject>, IEnumerable<string>>>(StringComparer.Ordinal)
        {
            ["command lines are understood"] = stack =>
                Containers(stack).Select(container => CommandLines.Problem(container, stack)).OfType<string>(),
            ["gates wait for a Job that exists, and read its record"] = Gates,
            ["a service has a gate on its migration"] = stack =>
                stack
                    .Where(item =>
                        item.Kind == "Deployment"
                        && !item.InitContainers.Any(container => container.IsGate && IsOnMigration(container, stack))
                    )
                    .Select(item => $"{item} has no init container that waits for the Job of the migration"),
            ["one release"] = OneRelease,
            ["one configuration"] = OneConfiguration,
            ["the service is not the migrator"] = stack =>
                from service in stack.Where(item => item.Kind == "Deployment")
                from secret in service.Containers.SelectMany(container => From(container, "secretRef"))
                where Containers(stack).Any(container => container.IsMigrate && From(container, "secretRef").Contains(secret))
                select $"{service} takes the Secret {secret}, which is the migrator's",
            ["service accounts exist"] = stack =>
                stack
                    .Where(item =>
                        item.Pod is not null && !stack.Any(other => other.Kind == "ServiceAccount" && other.Name == Account(item))
                    )
                    .Select(item => $"{item}: there is no ServiceAccount \"{Account(item)}\""),
            ["one namespace"] = stack =>
                stack
                    .Where(item =>
                        item.Kind is not ("Kustomization" or "Application") && item.Node.At("metadata", "namespace").Text() != "shop"
                    )
                    .Select(item => $"{item} is not in the namespace shop"),
            ["a service outlasts its migration"] = stack =>
                from service in stack.Where(item => item.Kind == "Deployment")
                from job in stack.Where(item => item.Kind == "Job" && item.Name.StartsWith("db-migrate-", StringComparison.Ordinal))
                where
                    (long?)service.Node.At("spec", "progressDeadlineSeconds") is not { } progress
                    || progress <= (long)job.Node.At("spec", "activeDeadlineSeconds")!
                select $"{service}: progressDeadlineSeconds is not above the activeDeadlineSeconds of {job.Name}: the rollout would fail "
                    + "while the migration runs",
        };

    /// <summary>The rights that each service account has, one line a right.</summary>
    public static IEnumerable<string> Granted(string account, IReadOnlyList<ExampleObject> stack) =>
        from binding in stack.Where(item => item.Kind == "RoleBinding")
        where
            binding
                .Node.At("subjects")
                .Items()
                .Any(subject =>
                    subject.At("kind").Text() == "ServiceAccount"
                    && subject.At("name").Text() == account
                    && subject.At("namespace").Text() == "shop"
                )
        from role in stack.Where(item => item.Kind == "Role" && item.Name == binding.Node.At("roleRef", "name").Text())
        from right in Rights(role)
        select right;

    /// <summary>The rights of a Role, one line a right.</summary>
    public static IEnumerable<string> Rights(ExampleObject role) =>
        from rule in role.Node.At("rules").Items()
        from resource in rule.At("resources").Items()
        from verb in rule.At("verbs").Items()
        from name in rule.At("resourceNames").Items().Select(name => name.Text()!).DefaultIfEmpty("*")
        select $"{verb.Text()} {resource.Text()}.{rule.At("apiGroups")![0].Text()}/{name}";

    /// <summary>What <c>migrate --record</c> needs.</summary>
    public static IEnumerable<string> RecordRights(string record) =>
        [$"get configmaps./{record}", $"patch configmaps./{record}", "create configmaps./*"];

    public static string Account(ExampleObject owner) => owner.Pod.At("serviceAccountName").Text() ?? "default";

    private static IEnumerable<Container> Containers(IReadOnlyList<ExampleObject> stack) => stack.SelectMany(item => item.Containers);

    private static string[] From(Container container, string kind) =>
        [.. container.Node.At("envFrom").Items().Select(source => source.At(kind, "name").Text()).OfType<string>()];

    private static bool IsOnMigration(Container gate, IReadOnlyList<ExampleObject> stack) =>
        Options(gate, stack)?.Targets.Any(target => target.Name is { } name && name.StartsWith("db-migrate-", StringComparison.Ordinal))
        ?? false;

    private static IEnumerable<string> Gates(IReadOnlyList<ExampleObject> stack)
    {
        foreach (var gate in Containers(stack).Where(container => container.IsGate))
        {
            foreach (var target in Options(gate, stack)?.Targets ?? [])
            {
                var kind = target.Expected.Kind.ToString();
                var found = stack.FirstOrDefault(item => item.Kind == kind && item.Name == target.Name);
                if (found is null)
                    yield return $"{gate} waits for {target}, which the example does not have";
                else if (
                    target.Expected.Kind == TargetKind.Job
                    && (target.Record is null || found.Containers.All(container => container.Record != target.Record))
                )
                    yield return $"{gate} reads the record \"{target.Record}\", which {found.Name} does not write";
            }
        }
    }

    /// <summary>The images of a Job and of the service that waits for it are of the release that the Job's name has.</summary>
    private static IEnumerable<string> OneRelease(IReadOnlyList<ExampleObject> stack)
    {
        foreach (var migrate in Containers(stack).Where(container => container.IsMigrate))
        {
            var release = migrate.Owner.Name[(migrate.Owner.Name.LastIndexOf('-') + 1)..];
            if (!migrate.Image.EndsWith(":" + release, StringComparison.Ordinal))
                yield return $"{migrate}: the image {migrate.Image} is not of the release {release}";
            if (Read(migrate, stack) is { Release: { } written } && written != release)
                yield return $"{migrate} writes the release {written}, not {release}";
        }

        foreach (var service in stack.Where(item => item.Kind == "Deployment"))
        {
            var waited = service
                .InitContainers.Where(container => container.IsGate)
                .SelectMany(gate => Options(gate, stack)?.Targets ?? [])
                .Select(target => target.Name ?? "");
            foreach (var container in service.Containers.Where(container => !container.IsGate))
            {
                if (!waited.Any(name => name.EndsWith("-" + container.Image.Split(':')[^1], StringComparison.Ordinal)))
                    yield return $"{container}: its gate does not wait for the Job of {container.Image}";
            }
        }
    }

    private static IEnumerable<string> OneConfiguration(IReadOnlyList<ExampleObject> stack)
    {
        foreach (
            var service in stack
                .Where(item => item.Kind == "Deployment")
                .SelectMany(item => item.Containers)
                .Where(container => !container.IsGate)
        )
        {
            foreach (var migrate in Containers(stack).Where(container => container.IsMigrate))
            {
                var (own, other) = (From(service, "configMapRef"), From(migrate, "configMapRef"));
                if (own.Length == 0 || !own.SequenceEqual(other))
                    yield return $"{service} takes [{string.Join(", ", own)}], {migrate} [{string.Join(", ", other)}]: "
                        + "they have to read the same ConfigMaps";
            }
        }
    }

    /// <summary>Null where the command line is refused, which has its own rule.</summary>
    private static GateOptions? Options(Container gate, IReadOnlyList<ExampleObject> stack) =>
        CommandLines.Problem(gate, stack) is null ? CommandLines.Gate(gate, stack) : null;

    private static MigrateOptions? Read(Container migrate, IReadOnlyList<ExampleObject> stack) =>
        CommandLines.Problem(migrate, stack) is null ? CommandLines.Migrate(migrate, stack) : null;
}
