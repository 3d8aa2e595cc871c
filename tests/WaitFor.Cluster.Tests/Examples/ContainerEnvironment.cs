using System.Text.Json.Nodes;

namespace WaitFor.Cluster.Tests.Examples;

/// <summary>The environment that the kubelet would give a container.</summary>
internal static class ContainerEnvironment
{
    /// <summary>What the Secrets hold that come from outside of an example, as its README says.</summary>
    private static readonly Dictionary<string, string[]> Outside = new(StringComparer.Ordinal)
    {
        ["shop-db"] = ["PGUSER", "PGPASSWORD"],
        ["shop-db-migrator"] = ["PGUSER", "PGPASSWORD"],
        ["shop-db-migrator-prisma"] = ["DATABASE_URL"],
        ["shop-db-migrator-alembic"] = ["DATABASE_URL"],
        ["shop-db-migrator-liquibase"] =
        [
            "LIQUIBASE_COMMAND_URL",
            "LIQUIBASE_COMMAND_USERNAME",
            "LIQUIBASE_COMMAND_PASSWORD",
            "PGHOST",
            "PGDATABASE",
            "PGUSER",
            "PGPASSWORD",
        ],
        ["shop-db-migrator-flyway"] = ["FLYWAY_URL", "FLYWAY_USER", "FLYWAY_PASSWORD"],
    };

    /// <summary>Its variables; a value from outside is made up.</summary>
    /// <param name="container">The container.</param>
    /// <param name="stack">What is applied with it.</param>
    /// <exception cref="InvalidDataException">It takes something that nobody provides.</exception>
    public static Dictionary<string, string> Of(Container container, IReadOnlyList<ExampleObject> stack)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var source in container.Node.At("envFrom").Items())
        {
            var entries = source.At("configMapRef", "name").Text() is { } name
                ? stack.FirstOrDefault(item => item.Kind == "ConfigMap" && item.Name == name)?.Node.At("data").Entries()
                    ?? throw new InvalidDataException($"there is no ConfigMap {name}")
                : KeysOfSecret(source.At("secretRef", "name").Text()!, stack)
                    .Select(key => KeyValuePair.Create(key, (JsonNode?)MadeUp(key)));
            foreach (var (key, value) in entries)
                variables[key] = value.Text() ?? "";
        }

        foreach (var entry in container.Node.At("env").Items())
        {
            var (key, value) = (entry.At("name").Text()!, entry.At("value").Text() ?? container.Owner.Name);
            // The file is not here; the value that it would hold is as good, if the path is right.
            if (key.EndsWith("_FILE", StringComparison.Ordinal))
                (key, value) = (key[..^"_FILE".Length], MadeUp(KeyOfFile(container, value, stack)));
            variables[key] = value;
        }

        return variables;
    }

    private static string KeyOfFile(Container container, string path, IReadOnlyList<ExampleObject> stack)
    {
        var mount = container
            .Node.At("volumeMounts")
            .Items()
            .FirstOrDefault(mount => path.StartsWith(mount.At("mountPath").Text() + "/", StringComparison.Ordinal));
        var volume = container
            .Owner.Pod.At("volumes")
            .Items()
            .FirstOrDefault(volume => volume.At("name").Text() == mount.At("name").Text());
        var key = Path.GetFileName(path);
        return volume.At("secret", "secretName").Text() is { } secret && KeysOfSecret(secret, stack).Contains(key)
            ? key
            : throw new InvalidDataException($"{path} is no key of a mounted Secret");
    }

    private static string[] KeysOfSecret(string name, IReadOnlyList<ExampleObject> stack)
    {
        if (stack.FirstOrDefault(item => item.Kind == "Secret" && item.Name == name) is { } secret)
            return [.. secret.Node.At("stringData").Entries().Select(entry => entry.Key)];
        if (
            stack.FirstOrDefault(item => item.Kind == "ExternalSecret" && item.Node.At("spec", "target", "name").Text() == name) is
            { } external
        )
            return [.. external.Node.At("spec", "data").Items().Select(item => item.At("secretKey").Text()!)];
        return Outside.GetValueOrDefault(name) ?? throw new InvalidDataException($"nobody provides the Secret {name}");
    }

    private static string MadeUp(string key) =>
        key switch
        {
            "DATABASE_URL" => "postgresql://shop_migrator:x@postgres/shop",
            "FLYWAY_URL" or "LIQUIBASE_COMMAND_URL" => "jdbc:postgresql://postgres/shop",
            _ => "x",
        };
}
