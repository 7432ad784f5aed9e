/**
 * Where kinds hold Pod templates: `group/Kind` → paths of templates (objects with `metadata` and `spec`) from
 * the object's root. `*` stands for every item of a sequence or every value of a mapping; an empty path means
 * that the object itself is a Pod or shaped like one (Knative revisions, sidecar sets).
 */
export const podTemplatePaths: Readonly<Record<string, readonly string[]>> = {
  '/Pod': [''],
  '/PodTemplate': ['template'],
  '/ReplicationController': ['spec.template'],
  '/DeploymentConfig': ['spec.template'],
  'apps/DaemonSet': ['spec.template'],
  'apps/Deployment': ['spec.template'],
  'apps/ReplicaSet': ['spec.template'],
  'apps/StatefulSet': ['spec.template'],
  'extensions/DaemonSet': ['spec.template'],
  'extensions/Deployment': ['spec.template'],
  'extensions/ReplicaSet': ['spec.template'],
  'batch/Job': ['spec.template'],
  'batch/CronJob': ['spec.jobTemplate.spec.template'],
  // Written under `v1` by mistake: the API server refuses them, and what they would run is still worth judging.
  '/CronJob': ['spec.jobTemplate.spec.template'],
  '/DaemonSet': ['spec.template'],
  '/Deployment': ['spec.template'],
  '/Job': ['spec.template'],
  '/ReplicaSet': ['spec.template'],
  '/StatefulSet': ['spec.template'],
  'actions.github.com/AutoscalingRunnerSet': ['spec.template'],
  'agents.x-k8s.io/Sandbox': ['spec.podTemplate'],
  'extensions.agents.x-k8s.io/SandboxTemplate': ['spec.podTemplate'],
  'apps.kruise.io/AdvancedCronJob': [
    'spec.template.jobTemplate.spec.template',
    'spec.template.broadcastJobTemplate.spec.template',
  ],
  'apps.kruise.io/BroadcastJob': ['spec.template'],
  'apps.kruise.io/CloneSet': ['spec.template'],
  'apps.kruise.io/DaemonSet': ['spec.template'],
  'apps.kruise.io/SidecarSet': [''],
  'apps.kruise.io/StatefulSet': ['spec.template'],
  'apps.kruise.io/UnitedDeployment': ['spec.template.*.spec.template'],
  'apps.openshift.io/DeploymentConfig': ['spec.template'],
  'argoproj.io/AnalysisTemplate': ['spec.metrics.*.provider.job.spec.template'],
  'argoproj.io/ClusterAnalysisTemplate': ['spec.metrics.*.provider.job.spec.template'],
  'argoproj.io/Experiment': ['spec.templates.*.template'],
  'argoproj.io/Rollout': ['spec.template'],
  'batch.volcano.sh/Job': ['spec.tasks.*.template'],
  'jobset.x-k8s.io/JobSet': ['spec.replicatedJobs.*.template.spec.template'],
  'keda.sh/ScaledJob': ['spec.jobTargetRef.template'],
  'kubeflow.org/JAXJob': ['spec.jaxReplicaSpecs.*.template'],
  'kubeflow.org/MPIJob': ['spec.mpiReplicaSpecs.*.template'],
  'kubeflow.org/MXJob': ['spec.mxReplicaSpecs.*.template'],
  'kubeflow.org/Notebook': ['spec.template'],
  'kubeflow.org/PaddleJob': ['spec.paddleReplicaSpecs.*.template'],
  'kubeflow.org/PyTorchJob': ['spec.pytorchReplicaSpecs.*.template'],
  'kubeflow.org/TFJob': ['spec.tfReplicaSpecs.*.template'],
  'kubeflow.org/XGBoostJob': ['spec.xgbReplicaSpecs.*.template'],
  'leaderworkerset.x-k8s.io/LeaderWorkerSet': [
    'spec.leaderWorkerTemplate.leaderTemplate',
    'spec.leaderWorkerTemplate.workerTemplate',
  ],
  'ray.io/RayCluster': ['spec.headGroupSpec.template', 'spec.workerGroupSpecs.*.template'],
  'ray.io/RayJob': [
    'spec.rayClusterSpec.headGroupSpec.template',
    'spec.rayClusterSpec.workerGroupSpecs.*.template',
    'spec.submitterPodTemplate',
  ],
  'ray.io/RayService': [
    'spec.rayClusterConfig.headGroupSpec.template',
    'spec.rayClusterConfig.workerGroupSpecs.*.template',
  ],
  'serving.knative.dev/Configuration': ['spec.template'],
  'serving.knative.dev/Revision': [''],
  'serving.knative.dev/Service': ['spec.template'],
  'sources.knative.dev/ContainerSource': ['spec.template'],
  'sparkoperator.k8s.io/SparkApplication': ['spec.driver.template', 'spec.executor.template'],
  'trainer.kubeflow.org/ClusterTrainingRuntime': [
    'spec.template.spec.replicatedJobs.*.template.spec.template',
  ],
  'trainer.kubeflow.org/TrainingRuntime': ['spec.template.spec.replicatedJobs.*.template.spec.template'],
};

/** How a kind that has no Pod template of its own writes what its Pods run: `group/Kind` → shape and paths. */
export const foreignTemplatePaths: Readonly<
  Record<string, { readonly shape: 'tekton' | 'argo-workflow'; readonly paths: readonly string[] }>
> = {
  'argoproj.io/ClusterWorkflowTemplate': { shape: 'argo-workflow', paths: ['spec'] },
  'argoproj.io/CronWorkflow': { shape: 'argo-workflow', paths: ['spec.workflowSpec'] },
  'argoproj.io/Workflow': { shape: 'argo-workflow', paths: ['spec'] },
  'argoproj.io/WorkflowTemplate': { shape: 'argo-workflow', paths: ['spec'] },
  'tekton.dev/ClusterTask': { shape: 'tekton', paths: ['spec'] },
  'tekton.dev/Pipeline': { shape: 'tekton', paths: ['spec.tasks.*.taskSpec', 'spec.finally.*.taskSpec'] },
  'tekton.dev/PipelineRun': {
    shape: 'tekton',
    paths: ['spec.pipelineSpec.tasks.*.taskSpec', 'spec.pipelineSpec.finally.*.taskSpec'],
  },
  'tekton.dev/Task': { shape: 'tekton', paths: ['spec'] },
  'tekton.dev/TaskRun': { shape: 'tekton', paths: ['spec.taskSpec'] },
};
